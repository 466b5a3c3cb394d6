using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Learning.Boosting;
using Coterie.Learning.External;
using Coterie.Learning.Kernels;
using Coterie.Learning.Neural;
using Coterie.Learning.SupportVectors;

namespace Coterie.Learning;

/// <summary>Every learner a task file can name.</summary>
public static class LearnerCatalogue
{
    /// <summary>All entries, in the order of help texts.</summary>
    public static ImmutableArray<CatalogueEntry<ILearner>> All { get; } =
    [
        .. LinearLearners.Entries,
        .. ElasticNet.Entries,
        .. SupportVectorLearners.Entries,
        .. KernelLearners.Entries,
        BoostingLearners.Entry,
        NeuralLearners.Entry,
        KMeans.Entry,
        ExternalLearners.Entry,
    ];

    /// <summary>The entry of that name, or null.</summary>
    public static CatalogueEntry<ILearner>? Find(string name) => All.FirstOrDefault(e => e.Name == name);
}
