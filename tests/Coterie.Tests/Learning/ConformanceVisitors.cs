using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning;

/// <summary>The parameters after training in clear: descents for 12 rounds, others to their own end.</summary>
internal sealed class PlainTraining((Schema Schema, Shard[] Shards) rows) : ILearnerVisitor<double[]>
{
    public const int DescentRounds = 12;

    public double[] Visit<TModel>(ILearner<TModel> learner) where TModel : class
    {
        var stop = StopOf(learner);
        return Flatten(learner.Pack(LocalTraining.Train(learner, rows.Schema, rows.Shards, stop, 1, CancellationToken.None).Model));
    }

    public static StopRule StopOf(ILearner learner) =>
        learner.DefaultStop is { Rounds: > 1, Tolerance: null } ? new StopRule(DescentRounds, null) : learner.DefaultStop;

    public static double[] Flatten(Blocks<Matrix> blocks) => [.. blocks.Values.SelectMany(v => v.ToArray())];
}

/// <summary>The parameters after training through the hidden form on some arithmetic.</summary>
internal sealed class HiddenTraining<T>((Schema Schema, Shard[] Shards) rows, IArithmetic<T> math, Func<Matrix, T> enter, Func<T, Matrix> open)
    : ILearnerVisitor<double[]> where T : class, ISecret<T>
{
    public double[] Visit<TModel>(ILearner<TModel> learner) where TModel : class
    {
        var hidden = Assert.IsAssignableFrom<IHiddenLearner<TModel>>(learner);
        var model = learner.Pack(learner.Initialize(rows.Schema, 1)).Select(enter);
        var locals = rows.Shards.Select(s => Wait(hidden.PrepareAsync(math, hidden.Featurize(rows.Schema, s).ToBlocks().Select(enter), default))).ToArray();
        for (var index = 0; index < PlainTraining.StopOf(learner).Rounds; index++)
        {
            var round = new Round(index, rows.Schema.TotalRows, locals.Length, 1);
            Blocks<T>? total = null;
            for (var k = 0; k < locals.Length; k++)
            {
                var (contribution, local) = Wait(hidden.ContributeAsync(math, model, locals[k], round, default));
                locals[k] = local;
                total = total is null ? contribution : total + contribution;
            }
            model = Wait(hidden.UpdateAsync(math, model, total!, round, default));
        }
        return PlainTraining.Flatten(learner.Pack(learner.Finish(learner.Unpack(rows.Schema, model.Select(open)))));
    }

    private static TResult Wait<TResult>(ValueTask<TResult> task) => task.AsTask().GetAwaiter().GetResult();
}

/// <summary>The degree of a contribution in the model.</summary>
internal sealed class DegreeInModel((Schema Schema, Shard[] Shards) rows) : ILearnerVisitor<int?>
{
    public int? Visit<TModel>(ILearner<TModel> learner) where TModel : class
    {
        var hidden = Assert.IsAssignableFrom<IHiddenLearner<TModel>>(learner);
        var shard = hidden.Featurize(rows.Schema, rows.Shards[0]).ToBlocks().Select(b => Shape.Of(b, 0));
        return ShapeRun.Of(hidden, hidden.Initialize(rows.Schema, 1), shard, new Round(0, rows.Schema.TotalRows, 5, 1)).Degree;
    }
}

/// <summary>Every contribution, and their sum, has the shapes and keeps the bounds laid out before it, on the way of a training.</summary>
internal sealed class BoundsCheck((Schema Schema, Shard[] Shards) rows) : ILearnerVisitor<double>
{
    /// <summary>The largest share of a bound that was used: 1 and above is a fault, far below 1e-2 a waste of precision.</summary>
    public double Visit<TModel>(ILearner<TModel> learner) where TModel : class
    {
        var locals = rows.Shards.Select(s => learner.Open(rows.Schema, s)).ToArray();
        var model = learner.Initialize(rows.Schema, 1);
        double used = 0;
        for (var index = 0; index < Math.Min(10, PlainTraining.StopOf(learner).Rounds); index++)
        {
            var round = new Round(index, rows.Schema.TotalRows, locals.Length, 1);
            var layout = learner.Layout(rows.Schema, model, round);
            var contributions = locals.Select(l => l.Contribute(model, round)).ToArray();
            var total = contributions.Aggregate((a, b) => a + b);
            foreach (var contribution in contributions.Append(total)) used = Math.Max(used, Check(layout, contribution));
            model = learner.Update(rows.Schema, model, total, round).Model;
        }
        Assert.InRange(used, 1e-2, 1 + 1e-9);
        return used;
    }

    /// <summary>The encoder's own slack: a loss at zero is exactly n log 2, up to rounding.</summary>
    private static double Check(IEnumerable<BlockSpec> layout, Blocks<Matrix> contribution)
    {
        Assert.Equal(layout.Select(s => (s.Name, s.Rows, s.Columns)), contribution.Names.Zip(contribution.Values, (n, v) => (n, v.Rows, v.Columns)));
        double used = 0;
        foreach (var spec in layout)
        {
            Assert.True(spec.Bound > 0 && double.IsFinite(spec.Bound));
            var largest = contribution[spec.Name].ToArray().Max(Math.Abs);
            Assert.True(largest <= spec.Bound * (1 + 1e-9), $"{spec.Name}: {largest} exceeds {spec.Bound}.");
            used = Math.Max(used, largest / spec.Bound);
        }
        return used;
    }
}

/// <summary>Pack and Unpack are inverse in every round; a missing, misshapen or non-finite block is refused.</summary>
internal sealed class PackCheck((Schema Schema, Shard[] Shards) rows) : ILearnerVisitor<bool>
{
    public bool Visit<TModel>(ILearner<TModel> learner) where TModel : class
    {
        for (var count = 0; count < 3; count++)
        {
            var model = LocalTraining.Train(learner, rows.Schema, rows.Shards, new StopRule(count, null), 1, CancellationToken.None).Model;
            var blocks = learner.Pack(model);
            Assert.Equal(PlainTraining.Flatten(blocks), PlainTraining.Flatten(learner.Pack(learner.Unpack(rows.Schema, blocks))));
            for (var b = 0; b < 2; b++)
            {
                var block = blocks.Values[b];
                Assert.Throws<ArgumentException>(() => learner.Unpack(rows.Schema, new(blocks.Names.RemoveAt(b), blocks.Values.RemoveAt(b))));
                Assert.Throws<ArgumentException>(() => learner.Unpack(rows.Schema, blocks with { Values = blocks.Values.SetItem(b, block.Above(block)) }));
                Assert.Throws<ArgumentException>(() => learner.Unpack(rows.Schema, blocks with { Values = blocks.Values.SetItem(b, double.NaN * block) }));
            }
        }
        return true;
    }
}
