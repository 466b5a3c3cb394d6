using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Learning.Margins;

namespace Coterie.Learning.SupportVectors;

/// <summary>Catalogue entries of support vector machines, and what those on kernels share with them.</summary>
internal static class SupportVectorLearners
{
    private const string Irwls = "irwls", Newton = "newton", Bound = "bound", Averaging = "averaging", Subgradient = "subgradient";

    public static ImmutableArray<CatalogueEntry<ILearner>> Entries { get; } =
    [
        new("linear-svm", "Two classes apart by a margin.", Parameters, values => Binary("linear-svm", values)) { Details = Details },
        new("multiclass-linear-svm", "Several classes, each apart from the rest by a margin.", MulticlassParameters, values => Multiclass("multiclass-linear-svm", values)) { Details = Details },
    ];

    /// <summary>What all of them compute.</summary>
    public const string Details =
        "Minimises 0.5 ||w||^2 plus C times the sum over rows of weight max(0, 1 - s f(x)), s = -1 or 1, f(x) = x w + b. `irwls` reweights least squares on a hinge whose kink is smoothed less and less: 20 to 30 rounds; `newton` minimises the square of the "
        + "hinge, in 5 to 10 rounds. Both contribute weighted products of features. `bound` minimises the square in 50 rounds, of which the first alone contributes products of features. `averaging` (two classes) lets participants descend on their own rows and averages, `subgradient` sums one subgradient a round: small contributions, more rounds, "
        + "an approximate optimum. Predictions are scores between 0 and 1, not calibrated probabilities.";

    /// <summary>Parameters of machines for two classes.</summary>
    public static ImmutableArray<ParameterSpec> Parameters =>
        [Weight, Solver(Irwls, Newton, Bound, Averaging, Subgradient), Step, new("local-epochs", ParameterKind.Integer, 1L, "Passes over a participant's rows in a round (averaging only).") { Minimum = 1, Maximum = 1000 }, ClassWeight];

    /// <summary>Parameters of machines for several.</summary>
    public static ImmutableArray<ParameterSpec> MulticlassParameters => [Weight, Solver(Irwls, Newton, Bound, Subgradient), Step, ClassWeight];

    private static ParameterSpec Weight => new("C", ParameterKind.Number, 1.0, "Weight of the rows against the penalty 0.5 ||w||^2.") { Minimum = 0, IsMinimumExclusive = true };

    private static ParameterSpec Step =>
        new("step", ParameterKind.Number, null, "Length of the first step (averaging: 0.1 when absent; subgradient: 1).") { Minimum = 0, IsMinimumExclusive = true };

    private static ParameterSpec ClassWeight => LinearLearners.ClassWeight;

    /// <summary>A machine for two classes under this name.</summary>
    public static ILearner Binary(string name, ParameterValues values)
    {
        var (c, weights, step) = (values.Number("C"), LinearLearners.Weights(values), values.OptionalNumber("step"));
        return values.Choice("solver") switch
        {
            Averaging => new SupportVectorAveraging(c, step ?? 0.1, values.Integer("local-epochs")) { Name = name, ClassWeights = weights },
            Bound => new BoundedBinary(BoundedLoss.SquaredHinge, c) { Name = name, ClassWeights = weights },
            Subgradient => new SupportVectorDescent(c, step ?? 1) { Name = name, ClassWeights = weights },
            var solver => new SupportVectorMachine(c, solver == Irwls ? SupportVectorLoss.Hinge : SupportVectorLoss.SquaredHinge) { Name = name, ClassWeights = weights },
        };
    }

    /// <summary>A machine for several classes under this name.</summary>
    public static ILearner Multiclass(string name, ParameterValues values)
    {
        var (c, weights) = (values.Number("C"), LinearLearners.Weights(values));
        return values.Choice("solver") switch
        {
            Bound => new BoundedMulticlass(BoundedLoss.SquaredHinge, c) { Name = name, ClassWeights = weights },
            Subgradient => new MulticlassSupportVectorDescent(c, values.OptionalNumber("step") ?? 1) { Name = name, ClassWeights = weights },
            var solver => new MulticlassSupportVectorMachine(c, solver == Irwls ? SupportVectorLoss.Hinge : SupportVectorLoss.SquaredHinge) { Name = name, ClassWeights = weights },
        };
    }

    private static ParameterSpec Solver(params string[] names) =>
        new("solver", ParameterKind.Choice, Irwls, "How the optimum is sought: irwls minimises the hinge, newton and bound its square; averaging and subgradient take cheap steps to the hinge's.") { Choices = [.. names] };
}
