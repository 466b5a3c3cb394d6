using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning;

namespace Coterie.Tests.Learning;

/// <summary>Passes everything on and keeps the centres from which descents start.</summary>
internal sealed class StartRecorder(KMeans learner) : ISummed<KMeansModel>
{
    public List<double[]> Starts { get; } = [];

    public int Rounds { get; private set; }

    public string Terms => learner.Terms;

    public string Name => learner.Name;

    public StopRule DefaultStop => learner.DefaultStop;

    public KMeansModel Initialize(Schema schema, ulong seed) => Record(learner.Initialize(schema, seed));

    public Blocks<Matrix> Pack(KMeansModel model) => learner.Pack(model);

    public KMeansModel Unpack(Schema schema, Blocks<Matrix> parameters) => learner.Unpack(schema, parameters);

    public ImmutableArray<BlockSpec> Layout(Schema schema, KMeansModel model, Round round) => learner.Layout(schema, model, round);

    public ILocal<KMeansModel> Open(Schema schema, Shard shard) => learner.Open(schema, shard);

    public Step<KMeansModel> Update(Schema schema, KMeansModel model, Blocks<Matrix> total, Round round)
    {
        Rounds++;
        var step = learner.Update(schema, model, total, round);
        // Refinement ends when candidates give way to k centres per restart.
        if (step.Model.Search is { } search && search.Working.Rows != model.Search!.Working.Rows) Record(step.Model);
        return step;
    }

    public static string Key(ReadOnlySpan<double> row) => string.Join(';', row.ToArray().Select(v => v.ToString("R")));

    private KMeansModel Record(KMeansModel model)
    {
        var working = model.Search!.Working;
        for (var i = 0; i < working.Rows; i++) Starts.Add(working.Row(i).ToArray());
        return model;
    }
}
