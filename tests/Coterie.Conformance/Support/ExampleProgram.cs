using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.External;

namespace Coterie.Conformance.Support;

/// <summary>What a participant's program might do, in this process: half a step from the model toward the mean of what its rows say.</summary>
internal sealed class ExampleProgram : IExternalPrograms
{
    public string Command => "example";

    public IExternalTraining Begin(CancellationToken cancellationToken) => new Training();

    public Matrix Predict(ExternalLearner learner, Schema schema, Blocks<Matrix> model, Matrix features) => Matrix.Zero(features.Rows, 1);

    private sealed class Training : IExternalTraining
    {
        public IExternalProgram Start(ExternalLearner learner, Schema schema, Shard shard) => new Program(shard);

        public void Dispose()
        {
        }
    }

    private sealed class Program(Shard shard) : IExternalProgram
    {
        public string Command => "example";

        public ExternalAnswer Train(Round round, Blocks<Matrix> model) => new(model.Select(block => Matrix.Create(block.Rows, 1, values =>
        {
            for (var j = 0; j < values.Length; j++)
            {
                for (var i = 0; i < shard.Rows; i++) values[j] += Math.Tanh(shard.Features[i, j % shard.Features.Columns] + (shard.Targets![i, 0] / 100)) / shard.Rows;
                values[j] = (block[j, 0] + values[j]) / 2;
            }
        })), null);
    }
}
