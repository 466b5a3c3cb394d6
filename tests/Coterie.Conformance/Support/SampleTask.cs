using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Conformance.Support;

/// <summary>Small made-up rows for each kind of task: 90 rows, four features, classes that overlap.</summary>
internal static class SampleTask
{
    private const int Rows = 90;

    public static (Schema Schema, Shard Shard) For(LearningTask task)
    {
        var random = new SeededRandom(7);
        var features = Matrix.Create(Rows, 4, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = random.NextGaussian() + (i / 4 % 3);
        });
        Column[] columns = [.. Enumerable.Range(0, 4).Select(j => new Column($"x{j}"))];
        if (task == LearningTask.Clustering) return (new Schema([.. columns], null), new Shard(features));
        var targets = Matrix.Create(Rows, 1, values =>
        {
            for (var i = 0; i < Rows; i++)
            {
                var score = features[i, 0] - (0.5 * features[i, 2]) + random.NextGaussian();
                values[i] = task switch
                {
                    LearningTask.Regression => 3 + score,
                    LearningTask.BinaryClassification => score > 0.5 ? 1 : 0,
                    _ => score < 0 ? 0 : score < 1 ? 1 : 2,
                };
            }
        });
        return (new Schema([.. columns], new Column("y")), new Shard(features, targets));
    }
}
