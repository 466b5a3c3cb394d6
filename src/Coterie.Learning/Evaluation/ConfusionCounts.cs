using System.Collections.Immutable;

namespace Coterie.Learning.Evaluation;

/// <summary>Counts rows by true and predicted class.</summary>
internal sealed class ConfusionCounts(int classes)
{
    /// <summary>Probabilities are kept this far off 0 and 1, so that one sure mistake does not hide every other row.</summary>
    private const double SmallestProbability = 1e-15;

    private readonly long[] _counts = new long[classes * classes];

    public void Add(int actual, int predicted) => _counts[(actual * classes) + predicted]++;

    public static double LogOf(double probability) => Math.Log(Math.Clamp(probability, SmallestProbability, 1 - SmallestProbability));

    /// <summary>accuracy, balanced_accuracy and the confusion matrix.</summary>
    public Metrics ToMetrics()
    {
        long rows = 0, right = 0;
        double recalls = 0;
        var present = 0;
        var confusion = ImmutableArray.CreateBuilder<ImmutableArray<long>>(classes);
        for (var k = 0; k < classes; k++)
        {
            var row = _counts.AsSpan(k * classes, classes);
            long count = 0;
            foreach (var cell in row) count += cell;
            confusion.Add([.. row]);
            rows += count;
            right += row[k];
            if (count == 0) continue;
            present++;
            recalls += (double)row[k] / count;
        }
        return Metrics.Empty
            .With("accuracy", (double)right / rows)
            .With("balanced_accuracy", recalls / present) with
        { Confusion = confusion.MoveToImmutable() };
    }
}
