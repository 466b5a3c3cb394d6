using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Learning;
using Coterie.Learning.Neural;

namespace Coterie.Tests.Learning;

public sealed class LearnerCatalogueTests
{
    [Fact]
    public void All_WithoutParameters_BuildsALearnerOfThatName()
    {
        Assert.Equal(LearnerCatalogue.All.Length, LearnerCatalogue.All.Select(e => e.Name).Distinct().Count());
        foreach (var entry in LearnerCatalogue.All.Where(e => e.Parameters.All(p => p.Default is not null)))
            Assert.Equal(entry.Name, entry.Build(new Dictionary<string, object?>()).Name);
    }

    public static TheoryData<string, string, object?, ILearner> Cases => new()
    {
        { "linear-regression", "", null, new RidgeRegression(0) },
        { "ridge-regression", "", null, new RidgeRegression(1) },
        { "ridge-regression", "alpha", 10L, new RidgeRegression(10) },
        { "ridge-regression", "penalize-intercept", true, new RidgeRegression(1, true) },
        { "ridge-regression", "solver", "gradient-descent", new RidgeDescent(1, 0.1) },
        { "logistic-regression", "", null, new LogisticRegression(1) },
        { "logistic-regression", "penalty", "none", new LogisticRegression(1, LogisticPenalty.None) },
        { "logistic-regression", "C", 0.01, new LogisticRegression(0.01) },
        { "logistic-regression", "class-weight", "balanced", new LogisticRegression { ClassWeights = ClassWeights.Balanced } },
        { "logistic-regression", "solver", "gradient-descent", new LogisticDescent(1, LogisticPenalty.L2, 0.1) },
        { "multinomial-logistic-regression", "class-weight", new Dictionary<string, double> { ["a"] = 2 },
            new MultinomialLogisticRegression { ClassWeights = ClassWeights.Of(new Dictionary<string, double> { ["a"] = 2 }) } },
        { "neural-network", "", null, new NeuralNetwork() },
        { "neural-network", "hidden", new long[] { 32, 8 }, new NeuralNetwork { Hidden = [32, 8] } },
        { "neural-network", "hidden", new[] { "32", "8" }, new NeuralNetwork { Hidden = [32, 8] } },
        { "neural-network", "hidden", 5L, new NeuralNetwork { Hidden = [5] } },
        { "neural-network", "objective", "softmax", new NeuralNetwork { Objective = NetworkObjective.Softmax } },
        { "neural-network", "activation", "tanh", new NeuralNetwork { Activation = Activation.Tanh } },
        { "neural-network", "scheme", "fed-prox", new NeuralNetwork { Scheme = FederatedScheme.FedProx } },
        { "neural-network", "scheme", "gradient-descent", new HiddenNetwork() },
        { "neural-network", "batch-size", 0L, new NeuralNetwork { BatchSize = 0 } },
        { "neural-network", "learning-rate", 0.5, new NeuralNetwork { LearningRate = 0.5 } },
        { "neural-network", "objective", "one-vs-rest", new NeuralNetwork { Objective = NetworkObjective.OneVsRest } },
        { "neural-network", "optimizer", "sgd", new NeuralNetwork { Optimizer = LocalOptimizer.Sgd } },
        { "neural-network", "server-optimizer", "adam", new NeuralNetwork { ServerOptimizer = ServerOptimizer.Adam } },
        { "neural-network", "compression", "quantised", new NeuralNetwork { Compression = UpdateCompression.Quantized } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Build_OneParameter_GivesTheLearner(string name, string parameter, object? value, ILearner expected) =>
        Assert.Equal(expected, Build(name, parameter, value));

    [Theory]
    [InlineData("ridge-regression", "alpha", -1.0)]
    [InlineData("ridge-regression", "solver", "newton")]
    [InlineData("logistic-regression", "C", 0.0)]
    [InlineData("logistic-regression", "class-weight", "heavy")]
    [InlineData("linear-regression", "alpha", 1.0)]
    [InlineData("neural-network", "hidden", new long[] { 16, 0 })]
    [InlineData("neural-network", "hidden", new[] { "16", "wide" })]
    [InlineData("neural-network", "hidden", 1.5)]
    [InlineData("neural-network", "momentum", 1.0)]
    [InlineData("neural-network", "compression-bits", 1L)]
    public void Build_WrongParameter_NamesIt(string name, string parameter, object value) =>
        Assert.Equal(parameter, Assert.Throws<ParameterException>(() => Build(name, parameter, value)).Parameter);

    [Fact]
    public void Build_NegativeClassWeight_NamesIt() =>
        Assert.Equal("class-weight", Assert.Throws<ParameterException>(() => Build("logistic-regression", "class-weight", new Dictionary<string, double> { ["a"] = -1 })).Parameter);

    [Fact]
    public void Find_UnknownName_GivesNull() => Assert.Null(LearnerCatalogue.Find("oracle"));

    private static ILearner Build(string name, string parameter, object? value) =>
        LearnerCatalogue.Find(name)!.Build(parameter.Length == 0 ? new Dictionary<string, object?>() : new Dictionary<string, object?> { [parameter] = value });
}
