using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Learning.Boosting;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Training;
using Coterie.Testing;
using Xunit.Abstractions;

namespace Coterie.Tests.Learning.Boosting;

/// <summary>Against XGBoost (gbdt.json): its first two trees on exact cuts, and what a hundred trees on bins reach on test rows, of five participants.</summary>
public sealed class BoostingReferenceTests(ITestOutputHelper output)
{
    private static readonly JsonElement Reference = References.Present ? References.Results("gbdt.json") : default;

    [ReferenceTheory]
    [InlineData("pima_diabetes", 2)]
    [InlineData("wine_quality_red", 0)]
    [InlineData("diabetes_raw", 0)]
    public void ExactCuts_TwoTrees_AreXgboosts(string name, int classes)
    {
        var known = Reference.GetProperty("known_answer").GetProperty(name);
        var data = Raw(name, classes);
        var learner = new GradientBoostedTrees
        {
            Objective = classes == 2 ? BoostingObjective.Logistic : BoostingObjective.Squared,
            Trees = known.GetProperty("trees").GetArrayLength(),
            Depth = known.GetProperty("max_depth").GetInt32(),
            LearningRate = known.GetProperty("eta").GetDouble(),
            Lambda = known.GetProperty("reg_lambda").GetDouble(),
            Gamma = known.GetProperty("gamma").GetDouble(),
            LeastChildWeight = known.GetProperty("min_child_weight").GetDouble(),
            Cuts = FeatureCuts.Exact(data.Train),
        };
        var model = LocalTraining.Train(learner, data.Schema, data.Deal(5), learner.DefaultStop, 1, CancellationToken.None).Model;
        for (var t = 0; t < model.Trees.Length; t++) SameTree(model.Trees[t], 0, known.GetProperty("trees")[t], data.Schema);
        var predicted = learner.Predict(data.Schema, model, data.Test.Features);
        var expected = known.GetProperty("first5_test_pred").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        TestData.AssertClose(expected, predicted.Values[..5], 1e-5);
    }

    [ReferenceTheory]
    [InlineData("adult_coded", 2)]
    [InlineData("telco_churn_coded", 2)]
    [InlineData("ai4i2020", 2)]
    [InlineData("california_housing", 0)]
    public void Bins_HundredTreesOfFiveParticipants_ReachWhatXgboostReaches(string name, int classes)
    {
        var data = Raw(name, classes);
        var learner = new GradientBoostedTrees { Objective = classes == 2 ? BoostingObjective.Logistic : BoostingObjective.Squared, Depth = 4 };
        var model = LocalTraining.Train(learner, data.Schema, data.Deal(5), learner.DefaultStop, 1, CancellationToken.None).Model;
        var predicted = learner.Predict(data.Schema, model, data.Test.Features);
        var expected = Reference.GetProperty(classes == 2 ? "binary" : "regression").GetProperty(name).GetProperty("xgb_hist").GetProperty("test");
        if (classes == 2)
        {
            var (auc, theirs) = (BinaryEvaluation.Evaluate(predicted, data.Test.Targets!)["auc"], expected.GetProperty("auc").GetDouble());
            output.WriteLine($"{name}: auc {auc:F5}, XGBoost hist {theirs:F5}");
            Assert.InRange(auc, theirs - 0.005, 1);
        }
        else
        {
            var (rmse, theirs) = (Math.Sqrt(RegressionEvaluation.Evaluate(predicted, data.Test.Targets!)["mse"]), expected.GetProperty("rmse").GetDouble());
            output.WriteLine($"{name}: rmse {rmse:F5}, XGBoost hist {theirs:F5}");
            Assert.InRange(rmse, 0, theirs * 1.01);
        }
    }

    /// <summary>XGBoost's derivatives are of 32 bits: five digits.</summary>
    private static void SameTree(BoostedTree tree, int at, JsonElement expected, Schema schema)
    {
        var node = tree.Nodes[at];
        Assert.Equal(expected.GetProperty("cover").GetDouble(), node.Cover, 1e-5 * Math.Max(1, node.Cover));
        if (expected.TryGetProperty("leaf", out var leaf))
        {
            Assert.True(node.IsLeaf);
            Assert.Equal(leaf.GetDouble(), node.Value, 1e-5 * Math.Max(1, Math.Abs(node.Value)));
            return;
        }
        Assert.Equal(expected.GetProperty("split").GetString(), schema.Features[node.Feature].Name);
        Assert.Equal(expected.GetProperty("split_condition").GetDouble(), node.Cut, 1e-5 * Math.Abs(node.Cut));
        Assert.Equal(expected.GetProperty("gain").GetDouble(), node.Gain, 2e-5 * node.Gain);
        var children = expected.GetProperty("children");
        Assert.Equal(expected.GetProperty("yes").GetInt32(), children[0].GetProperty("nodeid").GetInt32());
        SameTree(tree, node.Left, children[0], schema);
        SameTree(tree, node.Left + 1, children[1], schema);
    }

    /// <summary>Rows as they are in the file: row i with i mod 5 == 0 tests.</summary>
    private static TestData Raw(string name, int classes)
    {
        var table = Table.Read(References.DataFile($"{name}.csv"));
        var (train, test) = (table.Where(i => i % 5 != 0).ToShard(), table.Where(i => i % 5 == 0).ToShard());
        var schema = TestData.SchemaOf(train, classes);
        return new(schema with { Features = [.. schema.Features.Select((c, j) => c with { Name = table.Names[j] })] }, train, test);
    }
}
