using System.Collections.Immutable;

namespace Coterie.Core.Catalogues;

/// <summary>Something that task files name: a learner or a preprocessor, with its parameters.</summary>
/// <param name="Name">Name in task files.</param>
/// <param name="Summary">One sentence for help texts.</param>
/// <param name="Parameters">What may follow the name.</param>
/// <param name="Create">Builds it from checked values.</param>
public sealed record CatalogueEntry<T>(string Name, string Summary, ImmutableArray<ParameterSpec> Parameters, Func<ParameterValues, T> Create)
{
    /// <summary>A paragraph on what it computes and how long it takes: Markdown without links; empty where the summary says all.</summary>
    public string Details { get; init; } = "";

    /// <summary>Values with which it can be built where some are required, as an example; empty where the defaults do.</summary>
    public ImmutableSortedDictionary<string, object?> Example { get; init; } = ImmutableSortedDictionary.Create<string, object?>(StringComparer.Ordinal);

    /// <summary>Names a preprocessor, with its parameters, that belongs to the entry and comes after all others; null where there is none.</summary>
    public Func<ParameterValues, (string Name, ImmutableSortedDictionary<string, object?> Parameters)>? Features { get; init; }

    /// <summary>Checks the parameters and builds it.</summary>
    /// <exception cref="ParameterException">A parameter is unknown or its value is not accepted.</exception>
    public T Build(IReadOnlyDictionary<string, object?> parameters) => Create(ParameterValues.Check(Name, Parameters, parameters));
}
