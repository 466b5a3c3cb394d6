using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Conformance.Learners.Added;

/// <summary>The mean of the target, whatever the features: what somebody writes who adds a learner and has read no other.</summary>
internal sealed record TargetMean : IHiddenLearner<TargetMean.Model>
{
    public sealed record Model(double Mean);

    public static CatalogueEntry<ILearner> Entry { get; } = new("target-mean", "Predicts the mean of the target.", [], _ => new TargetMean());

    public string Name => "target-mean";

    public string Terms => Name;

    public LearningTask Task => LearningTask.Regression;

    public StopRule DefaultStop => new(1, null);

    public Model Initialize(Schema schema, ulong seed) => new(0);

    public Blocks<Matrix> Pack(Model model) => Blocks<Matrix>.Of(("mean", Matrix.Scalar(model.Mean)));

    public Model Unpack(Schema schema, Blocks<Matrix> parameters) => new(parameters["mean"][0, 0]);

    /// <summary>Both over the agreed rows rounded up to a power of two, by which no participant's exceeds the target's bound, and 1.</summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, Model model, Round round) => [new("sum", 1, 1, Math.Max(1, schema.Target!.Bound)), new("rows", 1, 1, 1)];

    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var targets = local["targets"];
        var sum = await math.ScaleAsync(Scale(round), targets.ColumnSums(), cancellationToken);
        return (Blocks<T>.Of(("sum", sum), ("rows", math.Public(Matrix.Scalar(targets.Rows * Scale(round))))), local);
    }

    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        var inverse = await math.ReciprocalAsync(total["rows"], Scale(round), 1, cancellationToken);
        return Blocks<T>.Of(("mean", await math.MultiplyAsync(total["sum"], inverse, cancellationToken)));
    }

    public Matrix Predict(Schema schema, Model model, Matrix features) => Matrix.Create(features.Rows, 1, values => values.Fill(model.Mean));

    private static double Scale(Round round) => 1.0 / System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, round.TotalRows));
}
