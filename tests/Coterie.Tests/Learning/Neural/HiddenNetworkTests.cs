using Coterie.Core.Arithmetic;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning;
using Coterie.Learning.Neural;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning.Neural;

/// <summary>The network that runs on hidden values is the one that trains in clear, with whole gradients.</summary>
public sealed class HiddenNetworkTests
{
    public static TheoryData<Activation, NetworkObjective> Cases
    {
        get
        {
            var cases = new TheoryData<Activation, NetworkObjective>();
            foreach (var activation in Enum.GetValues<Activation>())
                foreach (var objective in (NetworkObjective[])[NetworkObjective.Squared, NetworkObjective.Logistic, NetworkObjective.OneVsRest])
                    cases.Add(activation, objective);
            return cases;
        }
    }

    /// <summary>Weighted rows, a participant's share of them: the very blocks that the clear learner sends, whose kernels difference quotients hold.</summary>
    [Theory]
    [InlineData(Activation.Relu, NetworkObjective.Logistic)]
    [InlineData(Activation.Tanh, NetworkObjective.Logistic)]
    [InlineData(Activation.Sigmoid, NetworkObjective.OneVsRest)]
    [InlineData(Activation.Relu, NetworkObjective.OneVsRest)]
    public void Contribute_AtTheSameWeights_IsTheClearGradient(Activation activation, NetworkObjective objective)
    {
        var (schema, shards) = NetworkData.Rows(objective);
        var (hidden, clear) = (Hidden(activation, objective), Clear(activation, objective));
        ILearner<NetworkModel> learner = hidden;
        var (model, round) = (clear.Initialize(schema, 5), new Round(0, schema.TotalRows, shards.Length, 5));
        foreach (var shard in shards)
        {
            var (expected, actual) = (clear.Open(schema, shard).Contribute(model, round), learner.Open(schema, shard).Contribute(model, round));
            Assert.Equal(expected.Names.ToArray(), actual.Names.ToArray());
            TestData.AssertClose(PlainTraining.Flatten(expected), PlainTraining.Flatten(actual), 1e-13);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Train_InClear_IsFedSgdWithWholeGradients(Activation activation, NetworkObjective objective)
    {
        var (schema, shards) = NetworkData.Rows(objective);
        foreach (var (momentum, isNesterov) in new[] { (0.0, false), (0.8, false), (0.8, true) })
        {
            var hidden = Hidden(activation, objective) with { Momentum = momentum, IsNesterov = isNesterov };
            var clear = Clear(activation, objective) with { Momentum = momentum, IsNesterov = isNesterov };
            Assert.Equal(clear.DefaultStop, hidden.DefaultStop);
            NetworkModel expected = Train(clear, schema, shards), actual = Train(hidden, schema, shards);
            Assert.Equal(clear.Pack(expected).Names.ToArray(), hidden.Pack(actual).Names.ToArray());
            TestData.AssertClose(PlainTraining.Flatten(clear.Pack(expected)), PlainTraining.Flatten(hidden.Pack(actual)), 1e-10);
            Assert.Equal(clear.Predict(schema, expected, shards[0].Features).ToArray().Sum(), hidden.Predict(schema, actual, shards[0].Features).ToArray().Sum(), 1e-6);
        }
    }

    /// <summary>A target that hardly varies counts as if it varied by a 256th of half its range.</summary>
    [Theory]
    [InlineData(0.25)]
    [InlineData(0.01)]
    [InlineData(0.0)]
    public async Task Scale_OfSums_IsMeanAndDeviation(double deviation)
    {
        double[] targets = [0.5 - deviation, 0.5 + deviation];
        var rows = Blocks<Matrix>.Of(("targets", Matrix.Column(targets)));
        var sums = await HiddenScale.SumsAsync(PlainArithmetic.Instance, rows, 0.5, default);
        var scale = await HiddenScale.OfAsync(PlainArithmetic.Instance, sums, Matrix.Scalar(1), default);
        TestData.AssertClose([0.5, Math.Max(deviation, HiddenScale.SmallestDeviation)], scale.ToArray(), 1e-12);
    }

    [Fact]
    public void Blocks_InTraining_AreToldWithoutTheVelocity_AndFinishedInTheTargetsUnits()
    {
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Squared);
        IHiddenLearner<NetworkModel> learner = Hidden(Activation.Relu, NetworkObjective.Squared);
        var model = learner.Initialize(schema, 1);
        for (var index = 0; index < 2; index++)
        {
            var round = new Round(index, schema.TotalRows, shards.Length, 1);
            model = learner.Update(schema, model, shards.Select(s => learner.Open(schema, s).Contribute(model, round)).Aggregate((a, b) => a + b), round).Model;
        }
        string[] layers = ["weights_1", "biases_1", "weights_2", "biases_2"];
        Assert.Equal([.. layers, "scale", "memory", "steps"], learner.Pack(model).Names.ToArray());
        Assert.Equal([.. layers, "scale"], learner.Told(learner.Pack(model)).Names.ToArray());
        Assert.Equal([.. layers, "scale"], learner.Opened(learner.Initialize(schema, 1)).ToArray());
        Assert.Equal([.. layers, "target"], learner.Pack(learner.Finish(model)).Names.ToArray());
        // Targets are about 150, and their range is not centred there.
        var all = Shard.Concatenate(shards);
        var mean = Enumerable.Range(0, all.Rows).Sum(i => all.Weights![i, 0] * all.Targets![i, 0]) / all.Weights!.ToArray().Sum();
        Assert.Equal(mean, learner.Finish(model).Target!.Mean, 1e-9);
    }

    /// <summary>The probability of a class is its own output's over their sum; where no class has any, all are alike.</summary>
    [Fact]
    public void Predict_OneVsRest_SharesOutProbabilities()
    {
        var (schema, _) = NetworkData.Rows(NetworkObjective.OneVsRest);
        var learner = new HiddenNetwork { Objective = NetworkObjective.OneVsRest, Hidden = 1 };
        NetworkModel Model(params double[] odds) => new([new DenseLayer(Matrix.Zero(4, 1), Matrix.Zero(1, 1)), new DenseLayer(Matrix.Zero(1, 3), new Matrix(1, 3, odds))]);
        TestData.AssertClose([0.5 / 1.75, 0.5 / 1.75, 0.75 / 1.75], learner.Predict(schema, Model(0, 0, Math.Log(3)), Matrix.Zero(1, 4)).ToArray(), 1e-12);
        TestData.AssertClose([1.0 / 3, 1.0 / 3, 1.0 / 3], learner.Predict(schema, Model(-1000, -1000, -1000), Matrix.Zero(1, 4)).ToArray(), 1e-12);
    }

    [Theory]
    [InlineData("hidden", new long[] { 8, 8 }, "one is accepted")]
    [InlineData("hidden", new long[] { }, "one is accepted")]
    [InlineData("objective", "softmax", "one-vs-rest")]
    [InlineData("batch-size", 16L, "0, or no 'batch-size', is accepted")]
    [InlineData("server-optimizer", "adam", "none is accepted")]
    [InlineData("compression", "quantised", "none is accepted")]
    [InlineData("activation", "swish", "relu, tanh, sigmoid")]
    public void Build_WhatGradientDescentCannot_IsRefusedWithWhatWouldBe(string parameter, object value, string accepted)
    {
        var refused = Assert.Throws<ParameterException>(() => LearnerCatalogue.Find("neural-network")!.Build(new Dictionary<string, object?> { ["scheme"] = "gradient-descent", [parameter] = value }));
        Assert.Equal(parameter, refused.Parameter);
        Assert.Contains(accepted, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Objective_Softmax_IsRefused() => Assert.Throws<ArgumentException>(() => new HiddenNetwork { Objective = NetworkObjective.Softmax });

    [Fact]
    public void Featurize_AMissingCell_IsNamed()
    {
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Logistic);
        IHiddenLearner<NetworkModel> learner = Hidden(Activation.Relu, NetworkObjective.Logistic);
        var broken = shards[0] with { Features = Matrix.Create(shards[0].Rows, 4, cells => { shards[0].Features.Values.CopyTo(cells); cells[6] = double.NaN; }) };
        var refused = Assert.Throws<ShardException>(() => learner.Featurize(schema, broken));
        Assert.Equal(("x2", 1), (refused.Column, refused.Row));
        Assert.Throws<ShardException>(() => learner.Featurize(schema, shards[0] with { Targets = 2 * shards[0].Targets! }));
    }

    /// <summary>Wherever a model has its large weights.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Layout_OfAnyModel_BoundsTheGradient(Activation activation, NetworkObjective objective)
    {
        var (schema, shards) = NetworkData.Rows(objective);
        ILearner<NetworkModel> learner = Hidden(activation, objective);
        var (start, round) = (learner.Initialize(schema, 2), new Round(1, schema.TotalRows, 1, 2));
        var local = learner.Open(schema, Shard.Concatenate(shards));
        foreach (var (first, last) in new[] { (30.0, 0.01), (0.01, 30), (5, 5) })
        {
            var model = start with { Layers = [new DenseLayer(first * start.Layers[0].Weights, first * start.Layers[0].Biases), new DenseLayer(last * start.Layers[1].Weights, last * start.Layers[1].Biases)] };
            var largest = local.Contribute(model, round)["gradient"].ToArray().Max(Math.Abs);
            Assert.InRange(largest, learner.Layout(schema, model, round)[0].Bound / 1000, learner.Layout(schema, model, round)[0].Bound);
        }
    }

    [Fact]
    public void Layout_OfAModelThatDiverged_SaysSo()
    {
        var (schema, _) = NetworkData.Rows(NetworkObjective.Logistic);
        var learner = Hidden(Activation.Relu, NetworkObjective.Logistic);
        var model = learner.Initialize(schema, 1);
        var far = model with { Layers = [.. model.Layers.Select(l => new DenseLayer(1e300 * l.Weights, l.Biases))] };
        Assert.Contains("learning-rate", Assert.Throws<ArithmeticException>(() => learner.Layout(schema, far with { Layers = [far.Layers[0], far.Layers[1] with { Weights = 1e300 * far.Layers[1].Weights }] }, new Round(0, 83, 5, 1))).Message, StringComparison.Ordinal);
    }

    private static HiddenNetwork Hidden(Activation activation, NetworkObjective objective) =>
        new() { Activation = activation, Objective = objective, Hidden = 5, Epochs = 9, LearningRate = 0.2, Alpha = 0.5 };

    private static NeuralNetwork Clear(Activation activation, NetworkObjective objective) => new()
    {
        Activation = activation,
        Objective = objective,
        Hidden = [5],
        Epochs = 9,
        LearningRate = 0.2,
        Alpha = 0.5,
        Scheme = FederatedScheme.FedSgd,
        BatchSize = 0,
        NormBound = 1e6,
    };

    private static NetworkModel Train(ILearner<NetworkModel> learner, Schema schema, Shard[] shards) =>
        LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None).Model;
}
