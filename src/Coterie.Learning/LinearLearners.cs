using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;

namespace Coterie.Learning;

/// <summary>Catalogue entries of the linear learners.</summary>
internal static class LinearLearners
{
    private const string ClosedForm = "closed-form", GradientDescent = "gradient-descent";

    public static ImmutableArray<CatalogueEntry<ILearner>> Entries { get; } =
    [
        new("linear-regression", "Ordinary least squares.", [], _ => new RidgeRegression(0)),
        new("ridge-regression", "Least squares with an L2 penalty.",
            [
                Alpha,
                Solver(ClosedForm),
                Step,
                new("penalize-intercept", ParameterKind.Flag, false, "Whether the intercept is penalised like a coefficient (closed form only)."),
            ],
            BuildRidge),
    ];

    private static ParameterSpec Alpha => new("alpha", ParameterKind.Number, 1.0, "Strength of the penalty alpha ||w||^2.") { Minimum = 0 };

    private static ParameterSpec Step => new("step", ParameterKind.Number, 0.1, "Step length (gradient-descent only).") { Minimum = 0, IsMinimumExclusive = true };

    private static ParameterSpec Solver(string first) =>
        new("solver", ParameterKind.Choice, first, "How the optimum is found.") { Choices = [first, GradientDescent] };

    private static ILearner BuildRidge(ParameterValues values)
    {
        if (values.Choice("solver") == ClosedForm) return new RidgeRegression(values.Number("alpha"), values.Flag("penalize-intercept"));
        if (values.Flag("penalize-intercept"))
            throw new ParameterException("penalize-intercept", "ridge-regression: 'penalize-intercept' needs the closed-form solver.");
        return new RidgeDescent(values.Number("alpha"), values.Number("step"));
    }
}
