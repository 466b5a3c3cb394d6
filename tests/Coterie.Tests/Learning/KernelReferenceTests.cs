using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Kernels;
using Coterie.Learning.SupportVectors;
using Coterie.Learning.Training;
using Coterie.Testing;
using Xunit.Abstractions;

namespace Coterie.Tests.Learning;

/// <summary>Learners on kernels of public centres, and support vector machines, against independent results.</summary>
public sealed class KernelReferenceTests(ITestOutputHelper output)
{
    private static readonly JsonElement Reference = References.Present ? References.Results("kernel_methods.json") : default;

    [ReferenceTheory]
    [InlineData("sinc1d_like_m25_lam0.001_gamma22.22222222222222", 25, 0.001, 22.22222222222222)]
    [InlineData("sinc1d_like_m40_lam1e-05_gamma22.22222222222222", 40, 1e-5, 22.22222222222222)]
    [InlineData("sinc1d_like_m10_lam0.001_gamma5.0", 10, 0.001, 5)]
    public void KernelRegression_GivenCentroids_GivesTheReference(string name, int budget, double alpha, double gamma)
    {
        var table = Table.Read(References.DataFile("sinc1d_like.csv"));
        var (train, test) = (table.Where(i => i % 5 != 0).ToShard(), table.Where(i => i % 5 == 0).ToShard());
        var features = new RbfFeatures(budget, WidthOf(gamma, 1));
        var centroids = new RbfModel(Matrix.Column([.. Enumerable.Range(0, budget).Select(i => -1.5 + (3.0 * i / (budget - 1)))]));
        var schema = TestData.SchemaOf(train);
        var (kernels, learner) = (features.TransformSchema(schema, centroids) with { TotalRows = train.Rows }, new RidgeRegression(alpha));
        var model = LocalTraining.Train(learner, kernels, Shards(features, schema, centroids, train), learner.DefaultStop, 1, CancellationToken.None).Model;
        var expected = Reference.GetProperty("budget_regression").GetProperty(name);
        TestData.AssertClose(References.Numbers(expected.GetProperty("weights")), [.. model.Coefficients.ToArray(), model.Intercept], 1e-6);
        var metrics = RegressionEvaluation.Evaluate(learner.Predict(kernels, model, features.Transform(schema, centroids, test).Features), test.Targets!);
        Assert.Equal(expected.GetProperty("test").GetProperty("r2").GetDouble(), metrics["r2"], 1e-8);
    }

    [ReferenceTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void KernelRegression_Sinc_IsAsGoodAsTheKernelMachine(int seed)
    {
        var (train, test) = (Workers("musketeer_sinc1D.csv"), Part("musketeer_sinc1D.csv", -2));
        var (schema, features, model, kernels) = Prepare(train, 0, new RbfFeatures(40, WidthOf(22.22222222222222, 1)), (ulong)seed);
        var learner = new RidgeRegression(1e-3);
        var trained = LocalTraining.Train(learner, kernels, Shards(features, schema, model, train), learner.DefaultStop, 1, CancellationToken.None).Model;
        var metrics = RegressionEvaluation.Evaluate(learner.Predict(kernels, trained, features.Transform(schema, model, test).Features), test.Targets!);
        output.WriteLine($"1 - R2 = {1 - metrics["r2"]}");
        Assert.InRange(1 - metrics["r2"], 0, 0.0060);
    }

    [ReferenceTheory]
    [InlineData("pima_diabetes", 1, 0.1, 200)]
    [InlineData("breast_cancer_wdbc", 1, 0.03333333333333333, 200)]
    public void BudgetSvm_IsWithinAPointOfTheKernelMachine(string name, double c, double gamma, int budget)
    {
        var data = TestData.Standardized($"{name}.csv", 2);
        var expected = Reference.GetProperty("svc_rbf").GetProperty(name).EnumerateArray().First(r => r.GetProperty("C").GetDouble() == c && r.GetProperty("gamma").GetDouble() == gamma);
        foreach (var loss in Enum.GetValues<SupportVectorLoss>())
        {
            var metrics = Binary(data.Train, data.Test, new RbfFeatures(budget, WidthOf(gamma, data.Schema.FeatureCount), isNormalized: true), new SupportVectorMachine(c, loss));
            output.WriteLine($"{loss}: accuracy {metrics["accuracy"]}, expected {expected.GetProperty("test_accuracy")}");
            Assert.InRange(metrics["accuracy"], expected.GetProperty("test_accuracy").GetDouble() - 0.01, 1);
        }
    }

    [ReferenceFact]
    public void BudgetSvm_TwoMoons_IsAsGoodAsTheKernelMachine()
    {
        var (train, test) = (Workers("musketeer_synth2D_class.csv"), Part("musketeer_synth2D_class.csv", -2));
        var metrics = Binary(train, test, new RbfFeatures(100, WidthOf(5, 2), isNormalized: true), new SupportVectorMachine(1));
        output.WriteLine($"AUC {metrics["auc"]}, accuracy {metrics["accuracy"]}");
        Assert.InRange(metrics["auc"], 0.996, 1);
    }

    [ReferenceTheory]
    [InlineData("iris", 3, 1, 0.25, 60, CentroidSource.Uniform, 0.9666)]
    [InlineData("wine_cultivars", 3, 1, 0.07692307692307693, 100, CentroidSource.Uniform, 0.9722 - 0.01)]
    [InlineData("digits8x8", 10, 1, 0.015625, 500, CentroidSource.Uniform, 0.955)]
    [InlineData("digits8x8", 10, 1, 0.015625, 200, CentroidSource.KMeans, 0.955)]
    public void MulticlassBudgetSvm_IsAsGoodAsAsked(string name, int classes, double c, double gamma, int budget, CentroidSource source, double accuracy)
    {
        var data = TestData.Standardized($"{name}.csv", classes);
        var (schema, features, centroids, kernels) = Prepare(data.Train, classes, new RbfFeatures(budget, WidthOf(gamma, data.Schema.FeatureCount), source, isNormalized: true), 1);
        var learner = new MulticlassSupportVectorMachine(c, SupportVectorLoss.SquaredHinge);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var trained = LocalTraining.Train(learner, kernels, Shards(features, schema, centroids, data.Train), learner.DefaultStop, 1, CancellationToken.None);
        var metrics = MulticlassEvaluation.Evaluate(learner.Predict(kernels, trained.Model, features.Transform(schema, centroids, data.Test).Features), data.Test.Targets!);
        output.WriteLine($"accuracy {metrics["accuracy"]}, {trained.History.Length} rounds, {clock.Elapsed}");
        Assert.InRange(metrics["accuracy"], accuracy, 1);
    }

    [ReferenceTheory]
    [InlineData("pima_diabetes")]
    [InlineData("breast_cancer_wdbc")]
    public void LinearSvm_Irwls_ReachesTheReferenceObjective(string name)
    {
        var data = TestData.Standardized($"{name}.csv", 2);
        var expected = Reference.GetProperty("svc_linear").GetProperty(name);
        var learner = new SupportVectorMachine(expected.GetProperty("C").GetDouble());
        var trained = LocalTraining.Train(learner, data.Schema, data.Deal(5), learner.DefaultStop, 1, CancellationToken.None);
        var objective = Objective(data.Train, trained.Model.Function, learner.C);
        output.WriteLine($"objective {objective}, expected {expected.GetProperty("primal_objective")}, {trained.History.Length} rounds");
        Assert.Equal(1, objective / expected.GetProperty("primal_objective").GetDouble(), 1e-3);
    }

    private Metrics Binary(Shard train, Shard test, RbfFeatures map, SupportVectorMachine learner)
    {
        var (schema, features, centroids, kernels) = Prepare(train, 2, map, 1);
        var trained = LocalTraining.Train(learner, kernels, Shards(features, schema, centroids, train), learner.DefaultStop, 1, CancellationToken.None);
        output.WriteLine($"{trained.History.Length} rounds");
        return BinaryEvaluation.Evaluate(learner.Predict(kernels, trained.Model, features.Transform(schema, centroids, test).Features), test.Targets!);
    }

    private static (Schema Schema, RbfFeatures Features, RbfModel Model, Schema Kernels) Prepare(Shard train, int classes, RbfFeatures features, ulong seed)
    {
        var schema = TestData.SchemaOf(train, classes);
        var model = LocalTraining.Train(features, schema, Table.Deal(train, 5), features.DefaultStop, seed, CancellationToken.None).Model;
        return (schema, features, model, features.TransformSchema(schema, model));
    }

    private static Shard[] Shards(RbfFeatures features, Schema schema, RbfModel model, Shard train) =>
        [.. Table.Deal(train, 5).Select(shard => features.Transform(schema, model, shard))];

    private static double Objective(Shard rows, LinearModel function, double c)
    {
        var values = function.Evaluate(rows.Features);
        double sum = 0;
        for (var i = 0; i < values.Rows; i++) sum += Math.Max(0, 1 - ((rows.Targets![i, 0] == 1 ? 1 : -1) * values[i, 0]));
        for (var j = 0; j < function.Coefficients.Rows; j++) sum += function.Coefficients[j, 0] * function.Coefficients[j, 0] / (2 * c);
        return c * sum;
    }

    private static double WidthOf(double gamma, int features) => 1 / Math.Sqrt(2 * gamma * features);

    private static Shard Workers(string file) => Shard.Concatenate([.. Enumerable.Range(0, 5).Select(k => Part(file, k))]);

    private static Shard Part(string file, int code)
    {
        var table = Table.Read(References.DataFile(file));
        return table.Where(i => table.Rows[i][0] == code).Without("part").ToShard();
    }
}
