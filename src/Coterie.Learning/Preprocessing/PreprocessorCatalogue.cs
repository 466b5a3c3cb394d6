using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Learning.Kernels;

namespace Coterie.Learning.Preprocessing;

/// <summary>The preprocessors that task files name. The schema agreement is not among them: it is always the first stage.</summary>
public static class PreprocessorCatalogue
{
    /// <summary>All entries, in alphabetical order.</summary>
    public static ImmutableArray<CatalogueEntry<IPreprocessor>> All { get; } =
    [
        new("impute", "Replaces missing numbers by the mean or the median of their column.",
            [new("strategy", ParameterKind.Choice, "mean", "What stands in for a missing cell.") { Choices = ["mean", "median"] }],
            values => new Impute(values.Choice("strategy") == "median" ? ImputeStrategy.Median : ImputeStrategy.Mean)),
        new("min-max", "Maps every numeric column to [0, 1].", [], _ => new MinMax()),
        new("one-hot", "Replaces categorical columns by one binary column per declared value.",
            [
                new("columns", ParameterKind.Names, null, "The columns to code; all categorical columns when absent."),
                new("drop-first", ParameterKind.Flag, false, "Leave out the first value's column."),
            ],
            values => new OneHot(values.Names("columns"), values.Flag("drop-first"))),
        RbfFeatures.Entry,
        new("remove-constant", "Drops numeric columns that do not vary over all participants.", [], _ => new RemoveConstant()),
        new("standardize", "Centres every numeric column and divides it by its standard deviation.", [], _ => new Standardize()),
    ];

    /// <summary>The entry of that name, or null.</summary>
    public static CatalogueEntry<IPreprocessor>? Find(string name) => All.FirstOrDefault(e => e.Name == name);
}
