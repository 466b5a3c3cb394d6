using System.Collections.Immutable;
using System.Numerics;
using Coterie.Core.Arithmetic;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Evaluation;

namespace Coterie.Learning;

/// <summary>
/// Lloyd's k-means (Lloyd 1982): minimises the sum of squared distances of rows to the nearest of k centres. All restarts run side by
/// side in the same rounds; each contributes per cluster the number of rows, their sum (k x d) and their squared distances. The model
/// is the restart with the least inertia. Starts come from public ranges and from sums, never from a row. A cluster of one row in
/// the result, or in any round, is that row: sums cannot hide it.
/// </summary>
/// <param name="k">Number of clusters.</param>
/// <param name="restarts">Descents side by side.</param>
/// <param name="starts">Where the first centres come from.</param>
public sealed class KMeans(int k, int restarts = KMeans.DefaultRestarts, KMeansStarts starts = KMeansStarts.Refined) : IHiddenLearner<KMeansModel>, IOwnMetrics<KMeansModel>
{
    private const int DefaultRestarts = 10;

    /// <summary>With refined starts every restart descends again so often, from a good solution changed by merging and parting.</summary>
    private const int FurtherGenerations = 3;

    /// <summary>A restart has ended when its centres move less than this part of the box: far above rounding, far below any row changing cluster.</summary>
    private const double Stillness = 1e-9;

    /// <summary>The entry for the catalogue of learners.</summary>
    public static CatalogueEntry<ILearner> Entry { get; } = new("k-means", "Groups rows around k centres.",
        [
            new("k", ParameterKind.Integer, 8L, "Number of clusters.") { Minimum = 1, Maximum = 4096 },
            new("restarts", ParameterKind.Integer, (long)DefaultRestarts, "Descents side by side, of which the best is kept.") { Minimum = 1, Maximum = 1000 },
            new("starts", ParameterKind.Choice, "refined", "Centres to start from: refined by sums, or uniform in the agreed box.") { Choices = ["refined", "box"] },
        ],
        values => new KMeans(values.Integer("k"), values.Integer("restarts"), values.Choice("starts") == "box" ? KMeansStarts.Box : KMeansStarts.Refined))
    {
        Details = "Minimises the sum of squared distances of rows to the nearest of k centres, by Lloyd's algorithm from several starts side by side, up to 300 rounds. Starts come from agreed ranges and from sums, never from a row. "
            + "A cluster of one row in the result is that row: sums cannot hide it.",
    };

    /// <inheritdoc/>
    public string Name => "k-means";

    /// <inheritdoc/>
    public string Terms => FormattableString.Invariant($"{Name} k={k} restarts={restarts} starts={starts}");

    /// <inheritdoc/>
    public LearningTask Task => LearningTask.Clustering;

    /// <inheritdoc/>
    public StopRule DefaultStop => new(300, null);

    /// <summary>Candidates per cluster: enough to see where rows are dense, few enough that each has rows.</summary>
    internal int Candidates => Math.Max(8 * k, 32);

    /// <summary>Rounds of refinement before the descents: candidates double by bisection, and two more to settle.</summary>
    internal int RefinementRounds => starts == KMeansStarts.Box ? 0 : BitOperations.Log2((uint)Candidates) + 3;

    /// <summary>Centres that compete for a row in that round: all candidates, or the k of a restart.</summary>
    internal int GroupSize(Round round) => round.Index < RefinementRounds ? Candidates : k;

    private int WorkingRows(Round round) => round.Index < RefinementRounds ? Candidates : restarts * k;

    /// <inheritdoc/>
    /// <exception cref="ShardException">There are fewer rows than clusters.</exception>
    public KMeansModel Initialize(Schema schema, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (schema.Features.FirstOrDefault(c => !double.IsFinite(c.Bound)) is { } open)
            throw new ArgumentException($"k-means needs the range of every column; '{open.Name}' has none.", nameof(schema));
        if (schema.TotalRows > 0 && schema.TotalRows < k) throw new ShardException($"There are {schema.TotalRows} rows in all: too few for {k} clusters.");
        var seeding = new KMeansSeeding(schema, new SeededRandom(seed));
        var working = Matrix.Create(WorkingRows(new Round(0, schema.TotalRows, 1, seed)), schema.FeatureCount, seeding.FillFromBox);
        return new(working.Slice(0, 0, k, schema.FeatureCount), double.PositiveInfinity, new(working, Matrix.Zero(restarts, 2), Matrix.Zero(k, 2)));
    }

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(KMeansModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var blocks = Blocks<Matrix>.Of(("centroids", model.Centroids));
        // Infinity has no fixed-point form: a model that was not measured says -1.
        blocks = blocks.With("inertia", Matrix.Scalar(double.IsInfinity(model.Inertia) ? -1 : model.Inertia));
        return model.Search is { } search ? blocks.With("working", search.Working).With("progress", search.Progress).With("best", search.Best) : blocks;
    }

    /// <inheritdoc/>
    public KMeansModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(parameters);
        var centroids = parameters.Find("centroids");
        if (centroids is null || centroids.Rows != k || centroids.Columns != schema.FeatureCount)
            throw new ArgumentException($"Block 'centroids' is {centroids?.ToString() ?? "missing"}; {k} x {schema.FeatureCount} expected.", nameof(parameters));
        var inertia = parameters.Find("inertia")?[0, 0] ?? -1;
        var search = parameters.Find("working") is { } working ? new KMeansSearch(working, parameters["progress"], parameters["best"]) : null;
        return new(centroids, inertia < 0 ? double.PositiveInfinity : inertia, search);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// |sum x| &lt;= N rms(x) by Cauchy and Schwarz. A row's squared distance to its nearest centre is at most 4 B^2 per column, as both lie in
    /// the box, and over all rows at most 2 N (rms^2 + B^2).
    /// </remarks>
    public ImmutableArray<BlockSpec> Layout(Schema schema, KMeansModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(round);
        var rows = (round.TotalRows > 0 ? round.TotalRows : int.MaxValue) * schema.WeightBound;
        var mean = schema.Features.Max(c => c.MeanBound);
        var square = schema.Features.Sum(c => 2 * ((c.MeanBound * c.MeanBound) + (c.Bound * c.Bound)));
        var centres = WorkingRows(round);
        return
        [
            new("counts", centres, 1, rows),
            new("sums", centres, schema.FeatureCount, rows * Math.Max(mean, double.Epsilon)),
            new("squares", centres, 1, rows * Math.Max(square, double.Epsilon)),
        ];
    }

    /// <inheritdoc/>
    /// <exception cref="ShardException">A cell is missing.</exception>
    public ILocal<KMeansModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new KMeansKernel(this, Checked(schema, shard));
    }

    /// <inheritdoc/>
    public Shard Featurize(Schema schema, Shard shard) => Checked(schema, shard);

    /// <summary><c>inertia</c>: the sum over rows of the squared Euclidean distance to the nearest centre.</summary>
    public Metrics Evaluate(Schema schema, KMeansModel model, Shard rows)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        var nearest = Predict(schema, model, rows.Features);
        var inertia = 0.0;
        for (var i = 0; i < rows.Rows; i++)
        {
            var distance = System.Numerics.Tensors.TensorPrimitives.Distance(rows.Features.Row(i), model.Centroids.Row((int)nearest[i, 0]));
            inertia += distance * distance;
        }
        return Metrics.Empty.With("inertia", inertia);
    }

    /// <inheritdoc/>
    public Matrix Predict(Schema schema, KMeansModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(features);
        return Matrix.Create(features.Rows, 1, nearest =>
        {
            for (var i = 0; i < nearest.Length; i++)
            {
                var best = double.PositiveInfinity;
                for (var c = 0; c < k; c++)
                    if (KMeansClusters.SquaredDistance(features.Row(i), model.Centroids.Row(c)) is var distance && distance < best) (best, nearest[i]) = (distance, c);
            }
        });
    }

    /// <inheritdoc/>
    public Step<KMeansModel> Update(Schema schema, KMeansModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var seeding = new KMeansSeeding(schema, new SeededRandom(round.Seed, (ulong)round.Index + 1));
        return round.Index < RefinementRounds ? Refine(model, total, round, seeding) : Descend(schema, model, total, seeding);
    }

    /// <inheritdoc/>
    public KMeansModel Finish(KMeansModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Search = null };
    }

    private Step<KMeansModel> Refine(KMeansModel model, Blocks<Matrix> total, Round round, KMeansSeeding seeding)
    {
        var search = model.Search!;
        var candidates = KMeansClusters.From(total, search.Working, 0, Candidates);
        var d = candidates.Dimensions;
        if (round.Index < RefinementRounds - 1)
        {
            var next = seeding.NextCandidates(candidates);
            // Should training end here, these are the best centres known.
            var centroids = Matrix.Create(k, d, centres => seeding.FillFromCandidates(candidates, centres));
            return new(model with { Centroids = centroids, Search = search with { Working = next } }, Done: false, Change: 1);
        }
        var working = Matrix.Create(restarts * k, d, centres =>
        {
            for (var r = 0; r < restarts; r++) seeding.FillFromCandidates(candidates, centres.Slice(r * k * d, k * d));
        });
        return new(model with { Centroids = working.Slice(0, 0, k, d), Search = search with { Working = working } }, Done: false, Change: 1);
    }

    private Step<KMeansModel> Descend(Schema schema, KMeansModel model, Blocks<Matrix> total, KMeansSeeding seeding)
    {
        var search = model.Search!;
        int d = schema.FeatureCount, generations = starts == KMeansStarts.Box || k == 1 ? 0 : FurtherGenerations;
        var (working, progress) = (search.Working.ToArray(), search.Progress.ToArray());
        var box = schema.Features.Sum(c => c.Bound * c.Bound);
        double furthest = 0;
        for (var r = 0; r < restarts; r++)
        {
            if (progress[(2 * r) + 1] != 0) continue;
            var clusters = KMeansClusters.From(total, search.Working, r * k, k);
            if (clusters.Inertia < model.Inertia)
                model = model with { Centroids = clusters.Means, Inertia = clusters.Inertia, Search = search with { Best = clusters.CountsAndSquares } };
            var centres = working.AsSpan(r * k * d, k * d);
            clusters.Means.Values.CopyTo(centres);
            if (starts == KMeansStarts.Refined) seeding.FillEmpty(clusters, centres);
            var moved = KMeansClusters.SquaredDistance(search.Working.Values.Slice(r * k * d, k * d), centres);
            furthest = Math.Max(furthest, moved);
            if (moved > Stillness * Stillness * box) continue;
            if (progress[2 * r] >= generations) progress[(2 * r) + 1] = 1;
            else
            {
                // Even restarts go on from the best of all, odd ones from their own.
                seeding.FillByMergingAndParting(r % 2 == 0 ? KMeansClusters.Of(model.Centroids, model.Search!.Best) : clusters, centres);
                progress[2 * r]++;
                furthest = double.PositiveInfinity;
            }
        }
        var ended = Enumerable.Range(0, restarts).All(r => progress[(2 * r) + 1] != 0);
        var next = new KMeansSearch(new(restarts * k, d, working), new(restarts, 2, progress), model.Search!.Best);
        var change = Math.Min(1, Math.Sqrt(furthest) / Math.Max(1, Math.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<double>(working))));
        return new(model with { Search = ended ? null : next }, ended, change, model.Inertia);
    }

    /// <inheritdoc/>
    public async ValueTask<Blocks<T>> PrepareAsync<T>(IArithmetic<T> math, Blocks<T> rows, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(rows);
        var x = rows["features"];
        return rows.With("norms", RowSums(await math.HadamardAsync(x, x, cancellationToken)));
    }

    /// <inheritdoc/>
    /// <remarks>Squared distances are |x|^2 - 2 x c + |c|^2; one product for all groups, and one argmin with the groups under one another.</remarks>
    public async ValueTask<(Blocks<T> Contribution, Blocks<T> Local)> ContributeAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> local, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(local);
        var (x, centres, size) = (local["features"], model["working"], GroupSize(round));
        var n = x.Rows;
        var products = await math.MultiplyAsync(x, centres.Transpose(), cancellationToken);
        var norms = RowSums(await math.HadamardAsync(centres, centres, cancellationToken)).Transpose();
        var relative = norms.RepeatRows(n) - products - products;
        var nearest = await math.ArgMinAsync(Stack(relative, size), cancellationToken);
        var membership = Unstack(nearest, n);
        if (local.Find("weights") is { } weights)
            membership = await math.HadamardAsync(membership, weights.Transpose().RepeatRows(membership.Columns).Transpose(), cancellationToken);
        var distances = relative + local["norms"].Transpose().RepeatRows(centres.Rows).Transpose();
        var squares = (await math.HadamardAsync(membership, distances, cancellationToken)).ColumnSums().Transpose();
        var sums = await math.GroupedSumAsync(membership, x, cancellationToken);
        return (Blocks<T>.Of(("counts", membership.ColumnSums().Transpose()), ("sums", sums), ("squares", squares)), local);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Where not even the sums are seen, an empty cluster keeps its centre, refinement moves the candidates without parting any, and
    /// restarts start from k of them (<see cref="KMeansHiddenStarts"/>). Means are sums over counts, both first scaled by a power of two near 1 / rows.
    /// </remarks>
    public async ValueTask<Blocks<T>> UpdateAsync<T>(
        IArithmetic<T> math, Blocks<T> model, Blocks<T> total, Round round, CancellationToken cancellationToken) where T : class, ISecret<T>
    {
        ArgumentNullException.ThrowIfNull(math);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        ArgumentNullException.ThrowIfNull(round);
        var (centres, counts) = (model["working"], total["counts"]);
        var d = centres.Columns;
        var scale = Math.ScaleB(1, -BitOperations.Log2((ulong)Math.Max(1, round.TotalRows)));
        var empty = await math.IsNegativeAsync(counts - math.Public(Filled(counts.Rows, 1, KMeansClusters.Empty)), cancellationToken);
        var share = await math.ScaleAsync(scale, counts + empty, cancellationToken);
        var inverse = await math.ReciprocalAsync(share, scale / 2, 2, cancellationToken);
        var means = await math.HadamardAsync(await math.ScaleAsync(scale, total["sums"], cancellationToken), Widen(inverse, d), cancellationToken);
        var moved = await math.SelectAsync(Widen(empty, d), centres, means, cancellationToken);
        if (round.Index < RefinementRounds - 1) return Replace(model, ("working", moved));
        if (round.Index == RefinementRounds - 1)
        {
            // Candidates without rows weigh nothing.
            var weights = await math.ScaleAsync(scale, counts, cancellationToken);
            return Replace(model, ("working", await KMeansHiddenStarts.DrawAsync(math, moved, weights, restarts, k, new SeededRandom(round.Seed, (ulong)round.Index + 1), cancellationToken)));
        }
        // Per restart its inertia (a row of restarts columns) and its centres laid out in one row.
        T? inertias = null, flat = null;
        for (var r = 0; r < restarts; r++)
        {
            var inertia = total["squares"].Slice(r * k, 0, k, 1).ColumnSums();
            var row = Flatten(moved.Slice(r * k, 0, k, d));
            inertias = inertias is null ? inertia : inertias.Beside(inertia);
            flat = flat is null ? row : flat.Above(row);
        }
        var best = await math.ArgMinAsync(inertias!, cancellationToken);
        var chosen = await math.MultiplyAsync(best, flat!.Beside(inertias!.Transpose()), cancellationToken);
        return Replace(Replace(Replace(model, ("working", moved)), ("centroids", Unflatten(chosen.Slice(0, 0, 1, k * d), k))), ("inertia", chosen.Slice(0, k * d, 1, 1)));
    }

    private static Shard Checked(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        for (var i = 0; i < shard.Rows; i++)
            for (var j = 0; j < schema.FeatureCount; j++)
                if (!double.IsFinite(shard.Features[i, j]))
                    throw new ShardException($"Column '{schema.Features[j].Name}', row {i}: the cell is missing, and k-means needs every cell. Add 'impute' to the preprocessing.", schema.Features[j].Name, i);
        return shard;
    }

    private static Blocks<T> Replace<T>(Blocks<T> blocks, (string Name, T Value) block) where T : class, ISecret<T> =>
        blocks with { Values = blocks.Values.SetItem(blocks.Names.IndexOf(block.Name), block.Value) };

    private static T RowSums<T>(T value) where T : class, ISecret<T> => value.Transpose().ColumnSums().Transpose();

    private static T Widen<T>(T column, int columns) where T : class, ISecret<T> => column.Transpose().RepeatRows(columns).Transpose();

    /// <summary>n x (g size) to (g n) x size.</summary>
    private static T Stack<T>(T wide, int size) where T : class, ISecret<T>
    {
        var stacked = wide.Slice(0, 0, wide.Rows, size);
        for (var first = size; first < wide.Columns; first += size) stacked = stacked.Above(wide.Slice(0, first, wide.Rows, size));
        return stacked;
    }

    private static T Unstack<T>(T stacked, int rows) where T : class, ISecret<T>
    {
        var wide = stacked.Slice(0, 0, rows, stacked.Columns);
        for (var first = rows; first < stacked.Rows; first += rows) wide = wide.Beside(stacked.Slice(first, 0, rows, stacked.Columns));
        return wide;
    }

    private static T Flatten<T>(T value) where T : class, ISecret<T>
    {
        var row = value.Slice(0, 0, 1, value.Columns);
        for (var i = 1; i < value.Rows; i++) row = row.Beside(value.Slice(i, 0, 1, value.Columns));
        return row;
    }

    private static T Unflatten<T>(T row, int rows) where T : class, ISecret<T>
    {
        var d = row.Columns / rows;
        var value = row.Slice(0, 0, 1, d);
        for (var i = 1; i < rows; i++) value = value.Above(row.Slice(0, i * d, 1, d));
        return value;
    }

    private static Matrix Filled(int rows, int columns, double value) => Matrix.Create(rows, columns, values => values.Fill(value));
}
