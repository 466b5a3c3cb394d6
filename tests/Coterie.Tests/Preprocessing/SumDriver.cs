using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Testing;

namespace Coterie.Tests.Preprocessing;

/// <summary>Trains by adding contributions in clear; with <c>quantised</c> through the fixed point that a secure sum would use.</summary>
internal static class SumDriver
{
    public static TModel Train<TModel>(ISummed<TModel> learner, Schema schema, IReadOnlyList<Shard> shards, bool quantised = false, StopRule? stop = null, ulong seed = 1)
        where TModel : class
    {
        var (rule, model) = (stop ?? learner.DefaultStop, learner.Initialize(schema, seed));
        if (rule.Rounds == 0) return model;
        var locals = shards.Select(s => learner.Open(schema, s)).ToArray();
        for (var index = 0; index < rule.Rounds; index++)
        {
            var round = new Round(index, schema.TotalRows, shards.Count, seed);
            var layout = learner.Layout(schema, model, round);
            var total = Sum([.. locals.Select(l => l.Contribute(model, round))], layout, quantised);
            var step = learner.Update(schema, model, total, round);
            model = learner.Unpack(schema, learner.Pack(step.Model));
            if (step.Done || step.Change <= rule.Tolerance) break;
        }
        return model;
    }

    /// <summary>Learns a preprocessor on the shards and applies it to schema and shards.</summary>
    public static (Schema Schema, Shard[] Shards, TModel Model) Apply<TModel>(IPreprocessor<TModel> stage, Schema schema, IReadOnlyList<Shard> shards, bool quantised = false)
        where TModel : class
    {
        var model = Train(stage, schema, shards, quantised);
        return (stage.TransformSchema(schema, model), [.. shards.Select(s => stage.Transform(schema, model, s))], model);
    }

    private static Blocks<Matrix> Sum(Blocks<Matrix>[] contributions, IReadOnlyList<BlockSpec> layout, bool quantised)
    {
        Assert.All(contributions, c => Assert.Equal(layout.Select(b => (b.Name, b.Rows, b.Columns)), c.Names.Zip(c.Values, (n, v) => (n, v.Rows, v.Columns))));
        if (!quantised) return contributions.Aggregate((a, b) => a + b);
        return new(contributions[0].Names, [.. layout.Select((spec, i) =>
        {
            var format = FixedPoint.For(spec.Bound, contributions.Length);
            var (sum, one, total) = (new ulong[spec.Length], new ulong[spec.Length], new double[spec.Length]);
            foreach (var contribution in contributions)
            {
                format.Encode(contribution.Values[i].Values, one);
                for (var e = 0; e < one.Length; e++) sum[e] = unchecked(sum[e] + one[e]);
            }
            format.Decode(sum, total);
            return new Matrix(spec.Rows, spec.Columns, total);
        })]);
    }

    /// <summary>Numeric columns x0, x1, ... and a numeric target y.</summary>
    public static Schema Numeric(int features, bool withTarget = true) =>
        new([.. Enumerable.Range(0, features).Select(j => new Column($"x{j}"))], withTarget ? new Column("y") : null);

    public static Schema Of(Table table, bool withTarget = true) => new(
        [.. table.Names.Take(table.Names.Length - (withTarget ? 1 : 0)).Select(n => new Column(n))], withTarget ? new Column(table.Names[^1]) : null);

    /// <summary>Every cell that is present lies within its column's range; root of the mean square within its bound.</summary>
    public static void AssertWithinSchema(Schema schema, IReadOnlyList<Shard> shards)
    {
        var all = Shard.Concatenate(shards).Features;
        for (var j = 0; j < schema.FeatureCount; j++)
        {
            var column = schema.Features[j];
            double squares = 0;
            for (var i = 0; i < all.Rows; i++)
            {
                if (double.IsNaN(all[i, j])) continue;
                Assert.True(all[i, j] >= column.Minimum && all[i, j] <= column.Maximum, $"{column.Name}, row {i}: {all[i, j]:R} outside [{column.Minimum:R}, {column.Maximum:R}]");
                squares += all[i, j] * all[i, j];
            }
            Assert.True(Math.Sqrt(squares / all.Rows) <= column.MeanBound, $"{column.Name}: root mean square above {column.MeanBound:R}");
        }
    }
}
