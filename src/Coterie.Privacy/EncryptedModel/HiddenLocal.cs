using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>A participant's rows, ready to be multiplied with models it cannot read. What it keeps are caches that follow from the rows.</summary>
internal sealed class HiddenLocal<TModel> where TModel : class
{
    private readonly IHiddenLearner<TModel> _learner;
    private readonly EncryptedArithmetic _math;
    private Blocks<EncryptedMatrix> _local;

    private HiddenLocal(IHiddenLearner<TModel> learner, EncryptedArithmetic math, Blocks<EncryptedMatrix> local) => (_learner, _math, _local) = (learner, math, local);

    /// <summary>Prepares rows, whose size the schema bounds.</summary>
    /// <exception cref="ShardException">The rows cannot be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A cell is larger than the schema has it.</exception>
    public static async ValueTask<HiddenLocal<TModel>> OpenAsync(IHiddenLearner<TModel> learner, EncryptedArithmetic math, Schema schema, Shard shard, CancellationToken cancellationToken)
    {
        var rows = learner.Featurize(schema, shard).ToBlocks();
        // What becomes of a row that is as large as the schema allows bounds what becomes of every other.
        var largest = learner.Featurize(schema, LargestRow(schema, shard)).ToBlocks();
        var length = HiddenDegree.LongEnough(rows["features"]);
        var entered = new Blocks<EncryptedMatrix>(rows.Names, [.. rows.Values.Zip(largest.Values, (value, bound) => Enter(value, bound, length, schema.TotalRows))]);
        return new HiddenLocal<TModel>(learner, math, await learner.PrepareAsync(math, entered, cancellationToken));
    }

    /// <summary>What this participant adds at an encrypted model; blocks that do not depend on it are known.</summary>
    public async ValueTask<Blocks<EncryptedMatrix>> ContributeAsync(Blocks<EncryptedMatrix> model, Round round, CancellationToken cancellationToken)
    {
        (var contribution, _local) = await _learner.ContributeAsync(_math, model, _local, round, cancellationToken);
        return contribution;
    }

    private static Shard LargestRow(Schema schema, Shard shard) => new(
        new Matrix(1, schema.FeatureCount, [.. schema.Features.Select(c => c.Bound)]),
        shard.Targets is null ? null : Matrix.Scalar(schema.Target!.Bound),
        shard.Weights is null ? null : Matrix.Scalar(schema.WeightBound));

    private static EncryptedMatrix Enter(Matrix value, Matrix largest, int length, long totalRows)
    {
        if (value.Rows < length) value = value.Above(Matrix.Zero(length - value.Rows, value.Columns));
        return EncryptedMatrix.Own(value, new Bounds(Extent.Private(Math.Max(totalRows, length)), Extent.Of([.. largest.ToArray().Select(Math.Abs)])));
    }
}
