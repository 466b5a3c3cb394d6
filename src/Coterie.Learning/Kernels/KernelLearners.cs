using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Learning.SupportVectors;

namespace Coterie.Learning.Kernels;

/// <summary>Catalogue entries of linear learners on kernels of public centres.</summary>
internal static class KernelLearners
{
    public static ImmutableArray<CatalogueEntry<ILearner>> Entries { get; } =
    [
        new("kernel-regression", "Least squares with an L2 penalty on kernels of public centres.",
            [.. RbfFeatures.Parameters, new("alpha", ParameterKind.Number, 1e-3, "Strength of the penalty alpha ||w||^2.") { Minimum = 0 }],
            values => new RidgeRegression(values.Number("alpha")) { Name = "kernel-regression" })
        {
            Features = values => Kernels(values, isNormalized: false),
            Details = "Ridge regression on k(x, c) for public centres c, k(x, c) = exp(-|x - c|^2 / (2 sigma^2)), sigma = width sqrt(features). Centres are drawn from the agreed ranges of columns and say nothing about rows; `k-means` learns them under the run's mode and shows "
                + "cluster means to everybody. Standardise columns first.",
        },
        new("budget-svm", "Two classes by a kernel support vector machine on a budget of public centres.",
            [.. RbfFeatures.Parameters, .. SupportVectorLearners.Parameters], values => SupportVectorLearners.Binary("budget-svm", values))
        {
            Features = values => Kernels(values, isNormalized: true),
            Details = SupportVectorLearners.Details + " Here x stands for normalised kernels on public centres, by which the penalty is the kernel machine's, a' K a. Centres are drawn from the agreed ranges of columns and say nothing about rows; `k-means` learns them under the "
                + "run's mode and shows cluster means to everybody. Standardise columns first.",
        },
        new("multiclass-budget-svm", "Several classes, each against the rest, by kernel support vector machines on a budget of public centres.",
            [.. RbfFeatures.Parameters, .. SupportVectorLearners.MulticlassParameters], values => SupportVectorLearners.Multiclass("multiclass-budget-svm", values))
        {
            Features = values => Kernels(values, isNormalized: true),
            Details = SupportVectorLearners.Details + " Here x stands for normalised kernels on public centres, by which the penalty is the kernel machine's, a' K a. Centres are drawn from the agreed ranges of columns and say nothing about rows; `k-means` learns them under the "
                + "run's mode and shows cluster means to everybody. Standardise columns first.",
        },
    ];

    /// <summary>The preprocessor that goes before: kernels, normalised where the penalty is to be the kernel machine's.</summary>
    private static (string, ImmutableSortedDictionary<string, object?>) Kernels(ParameterValues values, bool isNormalized) =>
        (RbfFeatures.Entry.Name, RbfFeatures.Parameters.ToImmutableSortedDictionary(p => p.Name, p => values.All[p.Name], StringComparer.Ordinal).Add("normalize", isNormalized));
}
