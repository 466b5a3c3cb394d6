using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Preprocessing;

namespace Coterie.Learning.Kernels;

/// <summary>
/// x -> (k(x, c_1), ..., k(x, c_m)), k(x, c) = exp(-|x - c|^2 / (2 sigma^2)), sigma = width sqrt(d), on public centres c: a linear learner behind it is a
/// kernel learner on a budget of m. With <paramref name="isNormalized"/> the features are L^-1 k(x) for the kernel matrix L L' of the centres
/// (Williams, Seeger, "Using the Nyström method to speed up kernel machines", NIPS 2000): the penalty ||w||^2 of a learner behind it is then a' K a, the one of
/// kernel machines.
/// </summary>
/// <param name="budget">m: number of centres, at least 1.</param>
/// <param name="width">sigma over the root of the number of columns, above 0.</param>
/// <param name="source">Where centres come from.</param>
/// <param name="isNormalized">Whether features are orthonormal where the centres are.</param>
public sealed class RbfFeatures(int budget, double width = RbfFeatures.DefaultWidth, CentroidSource source = CentroidSource.Uniform, bool isNormalized = false) : IPreprocessor<RbfModel>
{
    /// <summary>gamma = 1 / (2 sigma^2) is then 1 / d, the usual choice for standardised columns.</summary>
    public const double DefaultWidth = 0.7071067811865476;

    /// <summary>Added to the kernel matrix' diagonal, which is 1: centres that are nearly equal leave it singular to rounding.</summary>
    private const double Jitter = 1e-10;

    /// <summary>Room for rounding in normalised features' public range.</summary>
    private const double RangeSlack = 1e-6;

    private const string UniformName = "uniform", KMeansName = "k-means";

    private readonly KMeans? _clustering = source == CentroidSource.KMeans ? new KMeans(budget, restarts: 1) : null;

    /// <summary>The parameters that learners on kernels share with this.</summary>
    public static ImmutableArray<ParameterSpec> Parameters { get; } =
    [
        new("budget", ParameterKind.Integer, 100L, "Number of kernel centres.") { Minimum = 1, Maximum = 4096 },
        new("width", ParameterKind.Number, DefaultWidth, "Width of the kernels: sigma over the root of the number of features.") { Minimum = 0, IsMinimumExclusive = true },
        new("centroids", ParameterKind.Choice, UniformName, "Where centres come from: drawn from the agreed ranges, or cluster means learned under the run's mode.") { Choices = [UniformName, KMeansName] },
    ];

    /// <summary>The entry for the catalogue of preprocessors.</summary>
    public static CatalogueEntry<IPreprocessor> Entry { get; } = new("rbf-features", "Replaces the columns by kernels on public centres.",
        [.. Parameters, new("normalize", ParameterKind.Flag, false, "Make features orthonormal where the centres are, so that a penalty on coefficients is the kernel machine's.")],
        values => new RbfFeatures(
            values.Integer("budget"), values.Number("width"), values.Choice("centroids") == KMeansName ? CentroidSource.KMeans : CentroidSource.Uniform, values.Flag("normalize")))
    {
        Details = "Every column k(x, c) = exp(-|x - c|^2 / (2 sigma^2)), sigma = width sqrt(features), for one of the centres c. A linear learner behind it is a kernel learner on a budget; the learners `kernel-regression` and `budget-svm` bring it with them.",
    };

    /// <inheritdoc/>
    public string Name => "rbf-features";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} budget={budget} width={width:R} centroids={source} normalize={isNormalized}");

    /// <inheritdoc/>
    public StopRule DefaultStop => _clustering?.DefaultStop ?? new StopRule(0, null);

    /// <inheritdoc/>
    public RbfModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        foreach (var column in schema.Features)
            if (!Cells.IsNumber(column)) throw new ShardException($"Column '{column.Name}' is no number, and kernels are of numbers; code it before (one-hot), or exclude it.", column.Name);
        if (_clustering is null) return new RbfModel(PublicCentroids.Draw(schema, budget, new SeededRandom(seed, StreamOfDraws)));
        var clusters = _clustering.Initialize(schema, seed);
        return new RbfModel(clusters.Centroids, clusters);
    }

    /// <summary><c>centroids</c> (m x d), and the blocks of the clustering while it runs.</summary>
    public Blocks<Matrix> Pack(RbfModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Search is { } search ? _clustering!.Pack(search) : Blocks<Matrix>.Of(("centroids", model.Centroids));
    }

    /// <inheritdoc/>
    public RbfModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(parameters);
        var centroids = parameters.Require("centroids", budget, schema.FeatureCount);
        return new RbfModel(centroids, _clustering is not null && parameters.Find("inertia") is not null ? _clustering.Unpack(schema, parameters) : null);
    }

    /// <inheritdoc/>
    public ImmutableArray<BlockSpec> Layout(Schema schema, RbfModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        return _clustering!.Layout(schema, model.Search!, round);
    }

    /// <inheritdoc/>
    public ILocal<RbfModel> Open(Schema schema, Shard shard)
    {
        // Centres that are drawn take no rounds; the view is opened all the same.
        if (_clustering is null) return new StatelessLocal<RbfModel>((_, _) => throw new InvalidOperationException("Centres that are drawn take no rounds."));
        var clusters = _clustering.Open(schema, shard);
        return new StatelessLocal<RbfModel>((model, round) => clusters.Contribute(model.Search!, round));
    }

    /// <inheritdoc/>
    public Step<RbfModel> Update(Schema schema, RbfModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        var step = _clustering!.Update(schema, model.Search!, total, round);
        return new Step<RbfModel>(new RbfModel(step.Model.Centroids, step.Model), step.Done, step.Change);
    }

    /// <inheritdoc/>
    public RbfModel Finish(RbfModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Search = null };
    }

    /// <inheritdoc/>
    public Schema TransformSchema(Schema schema, RbfModel model)
    {
        ArgumentNullException.ThrowIfNull(schema);
        // |L^-1 k|^2 = k' K^-1 k is at most k(x, x) = 1.
        var (lowest, highest) = isNormalized ? (-1 - RangeSlack, 1 + RangeSlack) : (0, 1);
        return schema with
        {
            Features = [.. Enumerable.Range(1, budget).Select(i => new Column($"kernel-{i}") { Minimum = lowest, Maximum = highest })],
        };
    }

    /// <inheritdoc/>
    /// <exception cref="ShardException">A cell is missing.</exception>
    public Shard Transform(Schema schema, RbfModel model, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(shard);
        Require(schema, shard.Features);
        var gamma = 1 / (2 * width * width * schema.FeatureCount);
        var kernels = RbfKernel.Between(shard.Features, model.Centroids, gamma);
        return shard with { Features = isNormalized ? RbfKernel.Normalized(kernels, model.Centroids, gamma, Jitter) : kernels };
    }

    /// <summary>Apart from the draws of other users of a run's seed.</summary>
    private const ulong StreamOfDraws = 0x726266;

    private static void Require(Schema schema, Matrix features)
    {
        if (features.Columns != schema.FeatureCount) throw new ShardException($"The shard has {features.Columns} features, the schema {schema.FeatureCount}.");
        for (var i = 0; i < features.Rows; i++)
            for (var j = 0; j < features.Columns; j++)
                if (!double.IsFinite(features[i, j])) throw new ShardException($"The cell holds {features[i, j]}; kernels need numbers (impute first).", schema.Features[j].Name, i);
    }
}
