using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning;
using Coterie.Learning.Preprocessing;
using Coterie.Testing;
using Coterie.Tests.Preprocessing;

namespace Coterie.Tests.Learning;

public sealed class KMeansTests
{
    private static readonly Round First = new(0, 60, 3, 5);

    /// <summary>Three Gaussian groups of 20 in the plane.</summary>
    private static Shard Groups(ulong seed = 11)
    {
        var random = new SeededRandom(seed);
        double[] centres = [-2, -2, 0, 2, 2.5, -1];
        return new(Matrix.Create(60, 2, v => { for (var i = 0; i < v.Length; i++) v[i] = centres[(i / 2 % 3 * 2) + (i % 2)] + (0.3 * random.NextGaussian()); }));
    }

    private static (Schema Schema, Shard[] Shards) Agreed(params Shard[] shards)
    {
        var (schema, agreed, _) = SumDriver.Apply(new SchemaAgreement(LearningTask.Clustering), SumDriver.Numeric(shards[0].Features.Columns, withTarget: false), shards);
        return (schema, agreed);
    }

    [Theory]
    [InlineData(KMeansStarts.Box, false)]
    [InlineData(KMeansStarts.Box, true)]
    [InlineData(KMeansStarts.Refined, false)]
    public async Task ContributeAsync_AlgebraInClear_EqualsTheKernel(KMeansStarts starts, bool weighted)
    {
        var shard = weighted ? Groups() with { Weights = Matrix.Create(60, 1, w => { for (var i = 0; i < w.Length; i++) w[i] = i % 4; }) } : Groups();
        var (schema, _) = Agreed(shard);
        IHiddenLearner<KMeansModel> learner = new KMeans(3, 4, starts);
        var model = learner.Initialize(schema, 5);

        var kernel = learner.Open(schema, shard).Contribute(model, First);
        var (plain, _) = await Algebra(PlainArithmetic.Instance, m => m, learner, model, shard);

        Assert.Equal(kernel.Names.AsEnumerable(), plain.Names);
        AssertClose(kernel, plain, 1e-9);
    }

    [Fact]
    public async Task Rounds_OnTheRing_FollowTheKernelToTheSameCentres()
    {
        var (schema, shards) = Agreed(Groups());
        var ring = new RingArithmetic();
        IHiddenLearner<KMeansModel> learner = new KMeans(3, 4, KMeansStarts.Box);
        var model = learner.Initialize(schema, 5);
        var hidden = learner.Pack(model).Select(ring.Public);
        var clear = learner.Pack(model);
        var local = learner.Open(schema, shards[0]);
        var ringRows = await learner.PrepareAsync(ring, shards[0].ToBlocks().Select(ring.Public), default);
        for (var index = 0; index < 8; index++)
        {
            var round = First with { Index = index };
            var kernel = local.Contribute(model, round);
            clear = await learner.UpdateAsync(PlainArithmetic.Instance, clear, kernel, round, default);
            (var contribution, ringRows) = await learner.ContributeAsync(ring, hidden, ringRows, round, default);
            hidden = await learner.UpdateAsync(ring, hidden, contribution, round, default);
            AssertClose(kernel, contribution.Select(ring.Decode), 2e-3);
            var step = learner.Update(schema, model, kernel, round);
            if (step.Done) break;
            AssertClose(clear["working"], step.Model.Search!.Working, 1e-12);
            model = step.Model;
        }
        AssertClose(model.Centroids, clear["centroids"], 1e-9);
        AssertClose(model.Centroids, ring.Decode(hidden["centroids"]), 1e-3);
        Assert.Equal(model.Inertia, ring.Decode(hidden["inertia"])[0, 0], 2e-2);
    }

    [Fact]
    public async Task Rounds_RefinedWithoutSeeingSums_StillFindTheGroups()
    {
        var (schema, shards) = Agreed(Groups());
        IHiddenLearner<KMeansModel> learner = new KMeans(3, 8);
        var blocks = learner.Pack(learner.Initialize(schema, 5));
        var local = await learner.PrepareAsync(PlainArithmetic.Instance, shards[0].ToBlocks(), default);
        for (var index = 0; index < 20; index++)
        {
            var round = First with { Index = index };
            (var contribution, local) = await learner.ContributeAsync(PlainArithmetic.Instance, blocks, local, round, default);
            blocks = await learner.UpdateAsync(PlainArithmetic.Instance, blocks, contribution, round, default);
        }

        Assert.Equal(1, blocks["inertia"][0, 0] / SumDriver.Train(learner, schema, shards).Inertia, 1e-9);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1000, 0)]
    [InlineData(1e-2, 10)]
    public void Train_ThroughFixedPoint_FindsTheSameCentres(double scale, double offset)
    {
        var groups = new Shard(Matrix.Create(60, 2, v => { for (var i = 0; i < v.Length; i++) v[i] = offset + (scale * Groups().Features.Values[i]); }));
        var (schema, shards) = Agreed(Table.Deal(groups, 5));

        var plain = SumDriver.Train(new KMeans(3), schema, shards);
        var quantised = SumDriver.Train(new KMeans(3), schema, shards, quantised: true);

        Assert.Equal(1, quantised.Inertia / plain.Inertia, 1e-6);
        Assert.Null(quantised.Search);
    }

    [Fact]
    public void Train_HowRowsAreDealt_DoesNotMatter()
    {
        var (schema, pooled) = Agreed(Groups());

        var one = SumDriver.Train(new KMeans(3), schema, pooled);
        var many = SumDriver.Train(new KMeans(3), schema, [.. Table.Deal(pooled[0], 4), new Shard(Matrix.Zero(0, 2))]);

        Assert.Equal(1, many.Inertia / one.Inertia, 1e-12);
        Assert.Equal(20, Enumerable.Range(0, 60).Count(i => new KMeans(3).Predict(schema, one, pooled[0].Features)[i, 0] == 0));
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameBits()
    {
        var (schema, shards) = Agreed(Table.Deal(Groups(), 3));

        Assert.Equal(SumDriver.Train(new KMeans(4), schema, shards, seed: 9).Centroids, SumDriver.Train(new KMeans(4), schema, shards, seed: 9).Centroids);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 4)]
    [InlineData(4, 0)]
    public void Train_FewDistinctRows_StillEnds(int k, double inertia)
    {
        // With more clusters than values one stays empty.
        var (schema, shards) = Agreed(new Shard(Matrix.Column(0, 0, 2, 2, 4, 4)));

        var model = SumDriver.Train(new KMeans(k), schema, shards, quantised: true);

        Assert.Equal(inertia, model.Inertia, 1e-6);
        Assert.Null(model.Search);
    }

    [Fact]
    public void Train_LoneRow_IsNoStart()
    {
        var (schema, shards) = Agreed(Shard.Concatenate(Groups(), new Shard(new Matrix(1, 2, [100, 90]))));
        var recorder = new StartRecorder(new KMeans(4, 20));

        SumDriver.Train(recorder, schema, shards);

        // After the candidates of the box, every start stands for five rows or more.
        var starts = recorder.Starts.TakeLast(80);
        Assert.All(starts, s => Assert.True(Math.Abs(s[0] - 100) + Math.Abs(s[1] - 90) > 1, $"({s[0]}, {s[1]})"));
    }

    [Fact]
    public void Open_MissingCell_NamesIt()
    {
        var (schema, _) = Agreed(Groups());

        var error = Assert.Throws<ShardException>(() => new KMeans(2).Open(schema, new Shard(new Matrix(2, 2, [0, 0, 1, double.NaN]))));

        Assert.Equal(("x1", 1), (error.Column, error.Row));
        Assert.Throws<ShardException>(() => new KMeans(61).Initialize(schema, 1));
    }

    [Fact]
    public void Entry_Parameters_BuildTheLearner()
    {
        var learner = Assert.IsType<KMeans>(KMeans.Entry.Build(new Dictionary<string, object?> { ["k"] = 3L, ["restarts"] = 2L, ["starts"] = "box" }));
        var (schema, shards) = Agreed(Groups());

        var model = SumDriver.Train(learner, schema, shards);

        Assert.Equal((3, 2), (model.Centroids.Rows, model.Centroids.Columns));
        Assert.Equal(["centroids", "inertia"], learner.Pack(model).Names.ToArray());
        Assert.Throws<ArgumentException>(() => learner.Unpack(schema, Blocks<Matrix>.Of(("centroids", Matrix.Zero(2, 2)))));
    }

    private static async Task<(Blocks<Matrix>, Blocks<T>)> Algebra<T>(IArithmetic<T> math, Func<T, Matrix> decode, IHiddenLearner<KMeansModel> learner, KMeansModel model, Shard shard)
        where T : class, ISecret<T>
    {
        var local = await learner.PrepareAsync(math, shard.ToBlocks().Select(math.Public), default);
        var (contribution, next) = await learner.ContributeAsync(math, learner.Pack(model).Select(math.Public), local, First, default);
        return (contribution.Select(decode), next);
    }

    private static void AssertClose(Blocks<Matrix> expected, Blocks<Matrix> actual, double tolerance)
    {
        foreach (var name in expected.Names) AssertClose(expected[name], actual[name], tolerance);
    }

    private static void AssertClose(Matrix expected, Matrix actual, double tolerance)
    {
        Assert.Equal((expected.Rows, expected.Columns), (actual.Rows, actual.Columns));
        for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(expected.Values[i], actual.Values[i], tolerance * Math.Max(1, Math.Abs(expected.Values[i])));
    }
}
