using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Boosting;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning.Boosting;

public sealed class GradientBoostedTreesTests
{
    private readonly SeededRandom _random = new(5);

    public static TheoryData<string> Kinds => ["squared", "logistic", "softmax", "weighted", "validated", "given cuts"];

    /// <summary>Sums are of whole numbers: to the bit, whoever holds which rows.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Train_FiveShardsOrPermutedOnes_GivesTheTreesOfAllRows(string kind)
    {
        var (learner, schema, rows) = Problem(kind);
        var shards = Deal(rows, 5);
        var federated = learner.Pack(Train(learner, schema, shards));
        // Which rows measure depends on where they stand in their shard: without them only is one shard the same.
        if (kind != "validated") Same(learner.Pack(Train(learner, schema, [rows])), federated);
        Same(learner.Pack(Train(learner, schema, [.. shards.Reverse()])), federated);
        Assert.True(federated["nodes"].Rows > 100);
    }

    /// <summary>A participant that comes back in the middle of a tree, with what it is told and its rows, sends the same.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Contribute_ShardOpenedAnewInEveryRound_IsTheSame(string kind)
    {
        var (learner, schema, rows) = Problem(kind);
        learner = learner with { Trees = 3 };
        var (model, local) = (learner.Initialize(schema, 1), learner.Open(schema, rows));
        for (var index = 0; index < learner.DefaultStop.Rounds; index++)
        {
            var round = new Round(index, schema.TotalRows, 2, 1);
            var contribution = local.Contribute(model, round);
            var told = learner.Unpack(schema, learner.Told(learner.Pack(model)));
            Same(contribution, learner.Open(schema, rows).Contribute(told, round));
            // Whoever moves the model goes on from its blocks.
            var step = learner.Update(schema, learner.Unpack(schema, learner.Pack(model)), contribution, round);
            Same(learner.Pack(learner.Update(schema, model, contribution, round).Model), learner.Pack(step.Model));
            model = step.Model;
            if (step.Done) break;
        }
        Assert.Equal(3 * model.Base.Length, model.Trees.Length);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Layout_EveryRound_BoundsContributionsAndTheirSums(string kind)
    {
        var (learner, schema, rows) = Problem(kind);
        var model = learner.Initialize(schema, 1);
        var locals = Deal(rows, 5).Select(s => learner.Open(schema, s)).ToArray();
        for (var index = 0; index < 20; index++)
        {
            var round = new Round(index, schema.TotalRows, 5, 1);
            var layout = learner.Layout(schema, model, round);
            var contributions = locals.Select(l => l.Contribute(model, round)).ToArray();
            var total = contributions.Aggregate((a, b) => a + b);
            foreach (var blocks in contributions.Append(total))
            {
                Assert.Equal(layout.Select(s => (s.Name, s.Rows, s.Columns)), blocks.Names.Zip(blocks.Values, (n, v) => (n, v.Rows, v.Columns)));
                foreach (var spec in layout) Assert.True(blocks[spec.Name].ToArray().Max(Math.Abs) <= spec.Bound, spec.Name);
            }
            model = learner.Update(schema, model, total, round).Model;
        }
    }

    /// <summary>One of five leaves at the third level of the third tree, and another comes back later: trees are of those who are there from root to leaves.</summary>
    [Fact]
    public void Update_SomebodyLeavesInsideATree_BeginsTheTreeAnew()
    {
        var (learner, schema, rows) = Problem("squared");
        var shards = Deal(rows, 5);
        (BoostedModel Model, int Rounds) Run(Func<int, BoostedModel, Shard[]> present)
        {
            var (model, index) = (learner.Initialize(schema, 1), 0);
            for (; index < learner.DefaultStop.Rounds; index++)
            {
                var round = new Round(index, schema.TotalRows, 5, 1);
                var step = learner.Update(schema, model, present(index, model).Select(s => learner.Open(schema, s).Contribute(model, round)).Aggregate((a, b) => a + b), round);
                model = step.Model;
                if (step.Done) break;
            }
            return (learner.Finish(model), index + 1);
        }
        var hasLeft = false;
        var (left, rounds) = Run((_, m) => (hasLeft |= m.Trees.Length == 2 && m.Progress!.Level == 2) ? shards[..4] : shards);
        var (clean, fewer) = Run((_, m) => m.Trees.Length >= 2 ? shards[..4] : shards);
        Same(learner.Pack(clean), learner.Pack(left));
        Assert.Equal(fewer + 3, rounds);
        Assert.NotEqual(Train(learner, schema, shards).Trees[2], clean.Trees[2]);
    }

    /// <summary>Histograms of siblings by subtraction are those of their rows: each node's cover and value are of the rows that come to it.</summary>
    [Fact]
    public void Train_Squared_NodesCoverTheirRows()
    {
        var (learner, schema, rows) = Problem("squared");
        var model = Train(learner with { Trees = 1, LearningRate = 1, Lambda = 0, LeastChildWeight = 5 }, schema, [rows]);
        var tree = Assert.Single(model.Trees);
        for (var at = 0; at < tree.Nodes.Length; at++)
        {
            var here = Enumerable.Range(0, rows.Rows).Where(i => Path(tree, rows.Features.Row(i)).Contains(at)).ToArray();
            Assert.Equal(here.Length, tree.Nodes[at].Cover, 1e-9);
            Assert.True(here.Length >= 5);
            Assert.Equal(here.Average(i => rows.Targets![i, 0]) - model.Base[0], tree.Nodes[at].Value, 1e-4);
        }
    }

    [Fact]
    public void Train_MissingCells_GoToTheSideThatGains()
    {
        // Where the cell is missing, the target is that of large cells; a second column is of no use.
        var cells = Enumerable.Range(0, 400).Select(i => i % 4 == 0 ? double.NaN : i % 100).ToArray();
        foreach (var isLeft in (bool[])[false, true])
        {
            var targets = cells.Select(c => (double.IsNaN(c) ? isLeft : c < 50) ? 0.0 : 1.0).ToArray();
            var rows = new Shard(Matrix.Column(cells).Beside(Matrix.Zero(400, 1)), Matrix.Column(targets));
            var learner = new GradientBoostedTrees { Trees = 1, Depth = 1, LearningRate = 1, Lambda = 0 };
            var schema = Ranges(rows);
            var model = Train(learner, schema, Deal(rows, 3));
            Assert.Equal(isLeft, model.Trees[0].Nodes[0].IsMissingLeft);
            Assert.All(learner.Predict(schema, model, rows.Features).ToArray().Zip(targets), p => Assert.Equal(p.Second, p.First, 1e-6));
        }
    }

    /// <summary>Only whether a cell is there tells the target: rows without one are parted from all others.</summary>
    [Fact]
    public void Train_MissingnessAlone_IsADivision()
    {
        var cells = Enumerable.Range(0, 300).Select(i => i % 3 == 0 ? double.NaN : _random.NextDouble()).ToArray();
        var rows = new Shard(Matrix.Column(cells), Matrix.Column([.. cells.Select(c => double.IsNaN(c) ? 5.0 : 1.0)]));
        var learner = new GradientBoostedTrees { Trees = 1, Depth = 2, LearningRate = 1, Lambda = 0 };
        var model = Train(learner, Ranges(rows), [rows]);
        Assert.Equal(double.MaxValue, model.Trees[0].Nodes[0].Cut);
        Assert.Equal([5, 1], model.Margins(Matrix.Column(double.NaN, 0.5)).ToArray().Select(m => Math.Round(m, 6)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Train_MonotoneFeature_PredictionsNeverGoTheOtherWay(int direction)
    {
        var (learner, schema, rows) = Problem("squared");
        var free = Train(learner, schema, [rows]);
        var bound = Train(learner with { Monotone = ImmutableSortedDictionary<string, int>.Empty.Add("x1", direction) }, schema, [rows]);
        double Worst(BoostedModel model)
        {
            var worst = 0.0;
            for (var i = 0; i < 40; i++)
            {
                var line = Matrix.Create(200, 6, cells =>
                {
                    for (var k = 0; k < 200; k++)
                    {
                        rows.Features.Row(i).CopyTo(cells.Slice(6 * k, 6));
                        cells[(6 * k) + 1] = k / 200.0;
                    }
                });
                var margins = model.Margins(line).ToArray();
                for (var k = 1; k < margins.Length; k++) worst = Math.Max(worst, direction * (margins[k - 1] - margins[k]));
            }
            return worst;
        }
        Assert.True(Worst(free) > 0.05);
        Assert.True(Worst(bound) <= 1e-9);
        Assert.Contains(bound.Trees, t => t.Nodes.Any(n => n.Feature == 1));
    }

    [Fact]
    public void Train_Interactions_OnlyAllowedFeaturesShareAPath()
    {
        var (learner, schema, rows) = Problem("squared");
        var model = Train(learner with { Interactions = [["x0", "x1"], ["x1", "x2", "x3"]] }, schema, [rows]);
        var paths = model.Trees.SelectMany(t => Paths(t)).Select(p => p.Distinct().Order().ToArray()).ToArray();
        Assert.All(paths, p => Assert.True(p.Length <= 1 || p.All(f => f is 0 or 1) || p.All(f => f is 1 or 2 or 3), string.Join(',', p)));
        Assert.Contains(paths, p => p.Length == 3);
        Assert.Contains(Train(learner, schema, [rows]).Trees.SelectMany(t => Paths(t)), p => p.Contains(0) && p.Contains(2));
    }

    [Fact]
    public void Train_Gamma_TakesBackWhatGainsLess()
    {
        var (learner, schema, rows) = Problem("squared");
        learner = learner with { Trees = 1, Depth = 7 };
        var all = Train(learner, schema, [rows]).Trees[0];
        var gains = all.Nodes.Where(n => !n.IsLeaf).Select(n => n.Gain).Order().ToArray();
        Assert.True(gains.Length > 30);
        // Just above each division's gain: what is below a division may gain more than it, on either side.
        foreach (var gamma in gains[..^1].Select(Math.BitIncrement))
        {
            var few = Train(learner with { Gamma = gamma }, schema, [rows]).Trees[0];
            // From the leaves up: a division is taken back if it gains less and both sides are leaves, or have become leaves.
            bool IsTakenBack(int at) => all.Nodes[at].IsLeaf || (IsTakenBack(all.Nodes[at].Left) & IsTakenBack(all.Nodes[at].Left + 1) & all.Nodes[at].Gain < gamma);
            void Compare(int at, int pruned)
            {
                Assert.Equal(IsTakenBack(at), few.Nodes[pruned].IsLeaf);
                Assert.Equal(all.Nodes[at].Value, few.Nodes[pruned].Value);
                if (few.Nodes[pruned].IsLeaf) return;
                Compare(all.Nodes[at].Left, few.Nodes[pruned].Left);
                Compare(all.Nodes[at].Left + 1, few.Nodes[pruned].Left + 1);
            }
            Compare(0, 0);
            Assert.True(few.Nodes.Length < all.Nodes.Length);
        }
    }

    [Fact]
    public void Train_PositiveWeight_IsThatOfWeightedRows()
    {
        var (learner, schema, rows) = Problem("logistic");
        var weighted = rows with { Weights = Matrix.Create(rows.Rows, 1, w => { for (var i = 0; i < w.Length; i++) w[i] = rows.Targets![i, 0] > 0 ? 3 : 1; }) };
        var byWeight = Train(learner, schema with { WeightBound = 3 }, [weighted]);
        var byParameter = Train(learner with { PositiveWeight = 3 }, schema, [rows]);
        Same(learner.Pack(byWeight), learner.Pack(byParameter));
    }

    [Fact]
    public void Train_EarlyStopping_EndsAtTheBestOnRowsThatDoNotTrain()
    {
        // Targets are noise: every tree after the first few makes rows that do not train worse.
        var rows = new Shard(Cells(600, 3), Matrix.Create(600, 1, y => { foreach (ref var v in y) v = _random.NextGaussian(); }));
        var learner = new GradientBoostedTrees { Trees = 60, LearningRate = 0.5, Depth = 4, Validation = 4, EarlyStopping = 5 };
        var schema = Ranges(rows);
        var shards = Deal(rows, 3);
        var result = LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None);
        Assert.InRange(result.Model.Trees.Length, 0, 20);
        double Loss(BoostedModel model) => shards.Sum(s => Enumerable.Range(0, s.Rows).Where(i => i % 4 == 3).Sum(i => Math.Pow(model.Margins(s.Features.Slice(i, 0, 1, 3))[0, 0] - s.Targets![i, 0], 2)));
        var all = Train(learner with { EarlyStopping = 0 }, schema, shards);
        Assert.Equal(60, all.Trees.Length);
        var losses = Enumerable.Range(0, result.Model.Trees.Length + 6).Select(t => Loss(all with { Trees = all.Trees[..t] })).ToArray();
        Assert.Equal(result.Model.Trees.Length, Array.IndexOf(losses, losses.Min()));
        Assert.Contains(result.History, r => r.Loss is not null);
    }

    [Fact]
    public void Importance_UsefulAndUselessFeatures_AreTold()
    {
        var (learner, schema, rows) = Problem("squared");
        var model = Train(learner, schema, [rows]);
        var importance = learner.Importance(schema, model);
        Assert.Equal(model.Trees.Sum(t => t.Nodes.Count(n => !n.IsLeaf)), importance.Sum(i => i.Divisions));
        Assert.Equal(["x0", "x1", "x2"], importance.Take(3).Select(i => i.Feature).Order());
        Assert.True(importance[2].Gain > 10 * importance[3].Gain);
        Assert.Equal(importance.Sum(i => i.Gain), model.Trees.Sum(t => t.Nodes.Sum(n => n.Gain)), 1e-9 * importance.Sum(i => i.Gain));
    }

    [Fact]
    public void Predict_Softmax_GivesProbabilities()
    {
        var (learner, schema, rows) = Problem("softmax");
        var predicted = learner.Predict(schema, Train(learner, schema, [rows]), rows.Features);
        for (var i = 0; i < rows.Rows; i++) Assert.Equal(1, predicted.Row(i).ToArray().Sum(), 1e-12);
        Assert.True(Enumerable.Range(0, rows.Rows).Count(i => predicted.Row(i).ToArray() is var p && Array.IndexOf(p, p.Max()) == (int)rows.Targets![i, 0]) > 0.8 * rows.Rows);
    }

    [Fact]
    public void Initialize_WrongTargetNameOrRange_IsRefused()
    {
        var (learner, schema, _) = Problem("squared");
        void Refused(GradientBoostedTrees of, Schema at, string part) => Assert.Contains(part, Assert.Throws<ArgumentException>(() => of.Initialize(at, 1)).Message, StringComparison.Ordinal);
        Refused(learner, schema with { Target = null }, "needs a target");
        Refused(learner with { Objective = BoostingObjective.Logistic }, schema, "has 0");
        Refused(learner with { Objective = BoostingObjective.Softmax }, schema, "has 0");
        Refused(learner, Problem("logistic").Schema, "has classes");
        void Unknown(GradientBoostedTrees of, string part) => Assert.Contains(part, Assert.Throws<ShardException>(() => of.Initialize(schema, 1)).Message, StringComparison.Ordinal);
        Unknown(learner with { Monotone = ImmutableSortedDictionary<string, int>.Empty.Add("age", 1) }, "'monotone' names 'age', which is no feature; there are: x0, x1");
        Unknown(learner with { Interactions = [["x0", "sex"]] }, "'interactions' names 'sex'");
        Refused(learner, schema with { Features = schema.Features.SetItem(2, new("x2")) }, "'x2' has none");
        Refused(learner with { Cuts = new([[1.0]]) }, schema, "cuts of 1 features");
    }

    [Fact]
    public void Unpack_BlocksThatAreNoEnsemble_AreRefused()
    {
        var (learner, schema, rows) = Problem("logistic");
        var blocks = learner.Pack(Train(learner with { Trees = 2 }, schema, [rows]));
        void Refused(string name, Matrix value) => Assert.Throws<ArgumentException>(() => learner.Unpack(schema, blocks with { Values = blocks.Values.SetItem(blocks.Names.IndexOf(name), value) }));
        Matrix With(string name, int row, int column, double value) => Matrix.Create(blocks[name].Rows, blocks[name].Columns, v =>
        {
            blocks[name].Values.CopyTo(v);
            v[(row * blocks[name].Columns) + column] = value;
        });
        foreach (var name in blocks.Names) Assert.Throws<ArgumentException>(() => learner.Unpack(schema, blocks.Where(n => n != name)));
        Refused("base", blocks["base"].Above(blocks["base"]));
        Refused("base", double.NaN * blocks["base"]);
        Refused("trees", With("trees", 0, 0, 1));
        Refused("trees", With("trees", 0, 1, 0));
        Refused("trees", With("trees", 0, 1, 1e9));
        Refused("nodes", With("nodes", 0, 0, 6));
        Refused("nodes", With("nodes", 0, 0, 0.5));
        Refused("nodes", With("nodes", 0, 0, -2));
        // A node that were its own child would never end.
        Refused("nodes", With("nodes", 0, 3, 0));
        Refused("nodes", With("nodes", 0, 1, double.NaN));
    }

    private static IEnumerable<int> Path(BoostedTree tree, ReadOnlySpan<double> row)
    {
        var path = new List<int> { 0 };
        while (!tree.Nodes[path[^1]].IsLeaf) path.Add(tree.Nodes[path[^1]].Child(row[tree.Nodes[path[^1]].Feature]));
        return path;
    }

    private static IEnumerable<int[]> Paths(BoostedTree tree, int at = 0) => tree.Nodes[at].IsLeaf ? [[]]
        : Paths(tree, tree.Nodes[at].Left).Concat(Paths(tree, tree.Nodes[at].Left + 1)).Select(p => (int[])[tree.Nodes[at].Feature, .. p]);

    private static BoostedModel Train(GradientBoostedTrees learner, Schema schema, IReadOnlyList<Shard> shards) =>
        LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None).Model;

    private static void Same(Blocks<Matrix> expected, Blocks<Matrix> actual)
    {
        Assert.Equal(expected.Names.AsEnumerable(), actual.Names.AsEnumerable());
        for (var b = 0; b < expected.Count; b++) Assert.Equal(expected.Values[b].ToArray(), actual.Values[b].ToArray());
    }

    private static Shard[] Deal(Shard rows, int participants) =>
        [.. Enumerable.Range(0, participants).Select(k => rows.SelectRows([.. Enumerable.Range(0, rows.Rows).Where(i => i * i % 11 % participants == k)]))];

    /// <summary>1,500 rows of six features: the target follows three of them, with a product of two and a step.</summary>
    private (GradientBoostedTrees Learner, Schema Schema, Shard Rows) Problem(string kind)
    {
        var features = Cells(1500, 6);
        double Signal(int i) => Math.Sin(6 * features[i, 0]) + (3 * features[i, 0] * features[i, 2]) + (features[i, 1] > 0.4 ? 0.5 : 0) + Math.Sin(9 * features[i, 1]) + (0.3 * _random.NextGaussian());
        var signals = Enumerable.Range(0, 1500).Select(Signal).ToArray();
        var classes = kind switch { "logistic" => 2, "softmax" => 3, _ => 0 };
        var targets = Matrix.Column([.. signals.Select(s => classes == 0 ? s : classes == 2 ? (s > 1.2 ? 1 : 0) : s > 2 ? 2 : s > 0.8 ? 1 : 0)]);
        var rows = new Shard(features, targets, kind == "weighted" ? Matrix.Create(1500, 1, w => { foreach (ref var v in w) v = 2 * _random.NextDouble(); }) : null);
        var learner = new GradientBoostedTrees
        {
            Objective = classes switch { 0 => BoostingObjective.Squared, 2 => BoostingObjective.Logistic, _ => BoostingObjective.Softmax },
            Trees = 8,
            LearningRate = 0.4,
            Depth = 4,
            Bins = 50,
            Validation = kind == "validated" ? 7 : 0,
            Cuts = kind == "given cuts" ? FeatureCuts.Exact(rows) : null,
        };
        return (learner, Ranges(rows, classes) with { WeightBound = kind == "weighted" ? 2 : 1 }, rows);
    }

    private Matrix Cells(int rows, int columns) => Matrix.Create(rows, columns, cells => { foreach (ref var cell in cells) cell = _random.NextDouble(); });

    private static Schema Ranges(Shard rows, int classes = 0)
    {
        var filled = rows with { Features = Matrix.Create(rows.Rows, rows.Features.Columns, v => { rows.Features.Values.CopyTo(v); foreach (ref var cell in v) cell = double.IsNaN(cell) ? 0 : cell; }) };
        return TestData.SchemaOf(filled, classes);
    }
}
