using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;

namespace Coterie.Learning;

/// <summary>Catalogue entries of the linear learners.</summary>
internal static class LinearLearners
{
    public static ImmutableArray<CatalogueEntry<ILearner>> Entries { get; } =
    [
        new("linear-regression", "Ordinary least squares.", [], _ => new RidgeRegression(0)),
        new("ridge-regression", "Least squares with an L2 penalty.",
            [
                Alpha,
                new("penalize-intercept", ParameterKind.Flag, false, "Whether the intercept is penalised like a coefficient (closed form only)."),
            ],
            BuildRidge),
    ];

    private static ParameterSpec Alpha => new("alpha", ParameterKind.Number, 1.0, "Strength of the penalty alpha ||w||^2.") { Minimum = 0 };

    private static ILearner BuildRidge(ParameterValues values) => new RidgeRegression(values.Number("alpha"), values.Flag("penalize-intercept"));
}
