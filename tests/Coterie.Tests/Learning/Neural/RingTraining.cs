using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Tests.Learning.Neural;

/// <summary>Training whose sums are those of modes: contributions in fixed point, added in the ring.</summary>
internal static class RingTraining
{
    public static double[] Parameters<TModel>(ILearner<TModel> learner, Schema schema, Shard[] shards, ulong seed = 1) where TModel : class
    {
        var (model, locals) = (learner.Initialize(schema, seed), shards.Select(s => learner.Open(schema, s)).ToArray());
        for (var index = 0; index < learner.DefaultStop.Rounds; index++)
        {
            var round = new Round(index, schema.TotalRows, shards.Length, seed);
            var contributions = locals.Select(l => l.Contribute(model, round)).ToArray();
            var total = Blocks<Matrix>.Empty;
            foreach (var spec in learner.Layout(schema, model, round))
                total = total.With(spec.Name, new Matrix(spec.Rows, spec.Columns, Add(FixedPoint.For(spec.Bound, shards.Length), [.. contributions.Select(c => c[spec.Name])])));
            var step = learner.Update(schema, model, total, round);
            model = step.Model;
            if (step.Done) break;
        }
        return PlainTraining.Flatten(learner.Pack(learner.Finish(model)));
    }

    private static double[] Add(FixedPoint format, Matrix[] summands)
    {
        ulong[] sum = new ulong[summands[0].Values.Length], encoded = new ulong[sum.Length];
        foreach (var summand in summands)
        {
            format.Encode(summand.Values, encoded);
            for (var i = 0; i < sum.Length; i++) sum[i] = unchecked(sum[i] + encoded[i]);
        }
        var values = new double[sum.Length];
        format.Decode(sum, values);
        return values;
    }
}
