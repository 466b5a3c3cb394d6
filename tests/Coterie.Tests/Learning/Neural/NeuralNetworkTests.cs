using Coterie.Core.Learning;
using Coterie.Learning.Evaluation;
using Coterie.Learning.Neural;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning.Neural;

/// <summary>What networks owe in every scheme.</summary>
public sealed class NeuralNetworkTests
{
    public static TheoryData<string> Names => NetworkData.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Contribution_InEveryRound_KeepsShapesAndBounds(string name)
    {
        var learner = NetworkData.Learner(name);
        ((ILearner)learner).Accept(new BoundsCheck(NetworkData.Rows(learner.Objective)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Unpack_OfPack_GivesTheModelAndRefusesOtherShapes(string name)
    {
        var learner = NetworkData.Learner(name);
        ((ILearner)learner).Accept(new PackCheck(NetworkData.Rows(learner.Objective)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Train_Twice_GivesTheSameBits(string name)
    {
        var learner = NetworkData.Learner(name);
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        Assert.Equal(Parameters(learner, schema, shards), Parameters(learner, schema, shards));
    }

    /// <summary>Sums in the ring are exact, so that their order does not matter to the bit.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Train_ParticipantsPermuted_GivesTheSameBits(string name)
    {
        var learner = NetworkData.Learner(name);
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        Assert.Equal(RingTraining.Parameters(learner, schema, shards), RingTraining.Parameters(learner, schema, [shards[3], shards[0], shards[4], shards[2], shards[1]]));
    }

    /// <summary>Fixed point costs nothing to speak of; where numbers are packed, sums of doubles are as exact, but a last bit before may round them another way.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Train_SumsInTheRing_GiveTheModelOfPlainSums(string name)
    {
        var learner = NetworkData.Learner(name);
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        TestData.AssertClose(Parameters(learner, schema, shards), RingTraining.Parameters(learner, schema, shards), learner.Compression == UpdateCompression.None ? 1e-9 : 0.1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Train_AParticipantWithoutRows_ChangesNothing(string name)
    {
        var learner = NetworkData.Learner(name);
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        // With feedback grids are for the mean length, and one without rows makes that shorter.
        TestData.AssertClose(Parameters(learner, schema, shards), Parameters(learner, schema, [.. shards, shards[0].SelectRows([])]), learner.Remembers ? 0.1 : 0);
    }

    /// <summary>A participant that opens its shard anew before every round, and is given what it remembered, contributes the same bits.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Contribute_AfterARestart_IsTheSame(string name)
    {
        var learner = NetworkData.Learner(name);
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        var (model, steady) = (learner.Initialize(schema, 3), learner.Open(schema, shards[1]));
        for (var index = 0; index < 6; index++)
        {
            var round = new Round(index, schema.TotalRows, shards.Length, 3);
            var memory = ((IRemembering)steady).Memory;
            var expected = steady.Contribute(model, round);
            // What a restart reads back is the packed model.
            var (restored, fresh) = (learner.Unpack(schema, learner.Pack(model)), learner.Open(schema, shards[1]));
            ((IRemembering)fresh).Memory = memory;
            Assert.Equal(PlainTraining.Flatten(expected), PlainTraining.Flatten(fresh.Contribute(restored, round)));
            Assert.Equal(PlainTraining.Flatten(((IRemembering)steady).Memory), PlainTraining.Flatten(((IRemembering)fresh).Memory));
            var total = shards.Select(s => learner.Open(schema, s).Contribute(model, round)).Aggregate((a, b) => a + b);
            model = learner.Update(schema, model, total, round).Model;
        }
    }

    /// <summary>Shapes follow from the round alone, so that they can be planned before there is a model.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Layout_OfARound_DoesNotDependOnTheModel(string name)
    {
        var learner = NetworkData.Learner(name);
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        var (first, model) = (learner.Initialize(schema, 1), learner.Initialize(schema, 1));
        for (var index = 0; index < 4; index++)
        {
            var round = new Round(index, schema.TotalRows, 5, 1);
            Assert.Equal(learner.Layout(schema, first, round).AsEnumerable(), learner.Layout(schema, model, round).AsEnumerable());
            model = learner.Update(schema, model, shards.Select(s => learner.Open(schema, s).Contribute(model, round)).Aggregate((a, b) => a + b), round).Model;
        }
    }

    /// <summary>Whom the round that tells lengths did not reach goes on with the public bound.</summary>
    [Fact]
    public void Update_NothingArrivedInTheFirstRound_GoesOn()
    {
        var learner = NetworkData.Learner("packed") with { NormBound = 1 };
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        var empty = learner.Open(schema, shards[0].SelectRows([]));
        Round RoundOf(int index) => new(index, schema.TotalRows, 1, 1);
        var start = learner.Initialize(schema, 1);
        var model = learner.Update(schema, start, empty.Contribute(start, RoundOf(0)), RoundOf(0)).Model;
        Assert.Equal(start.ToVector(), model.ToVector());
        var contribution = learner.Open(schema, shards[0]).Contribute(model, RoundOf(1));
        Assert.Equal("packed share size", string.Join(' ', contribution.Names));
        Assert.NotNull(learner.Update(schema, model, contribution, RoundOf(1)).Model.Range);
    }

    [Theory]
    [InlineData(NetworkObjective.Squared, false)]
    [InlineData(NetworkObjective.Logistic, false)]
    [InlineData(NetworkObjective.Softmax, true)]
    public void FedSgd_WholeGradients_IsCentralisedDescent(NetworkObjective objective, bool isNesterov)
    {
        var learner = NetworkData.Learner("sgd") with { Objective = objective, IsNesterov = isNesterov, Hidden = [6, 5], Activation = Activation.Tanh };
        var (schema, shards) = NetworkData.Rows(objective);
        TestData.AssertClose(Descent(learner, schema, Shard.Concatenate(shards)), LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None).Model.ToVector(), 1e-12);
    }

    /// <summary>One participant, one batch, one pass: a local step is the central one.</summary>
    [Fact]
    public void FedAvg_OneStepOfOneParticipant_IsTheStepOfFedSgd()
    {
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Softmax, participants: 1);
        var central = NetworkData.Learner("sgd") with { Objective = NetworkObjective.Softmax, Momentum = 0, Epochs = 5 };
        TestData.AssertClose(Parameters(central, schema, shards), Parameters(central with { Scheme = FederatedScheme.FedAvg, Optimizer = LocalOptimizer.Sgd }, schema, shards), 1e-12);
    }

    [Fact]
    public void FedAvg_Contributions_AreWeightedByRows()
    {
        var learner = NetworkData.Learner("avg-sgd");
        var (schema, shards) = NetworkData.Rows(learner.Objective, participants: 2);
        var (model, round) = (learner.Initialize(schema, 1), new Round(0, schema.TotalRows, 2, 1));
        var moved = learner.Update(schema, model, learner.Open(schema, shards[0]).Contribute(model, round) + learner.Open(schema, shards[1]).Contribute(model, round), round).Model.ToVector();
        var alone = shards.Select(s => learner.Update(schema, model, learner.Open(schema, s).Contribute(model, round), round).Model.ToVector()).ToArray();
        var weights = shards.Select(s => s.Weights!.Values.ToArray().Sum()).ToArray();
        Assert.True(Math.Abs(weights[0] - weights[1]) > 5);
        TestData.AssertClose([.. moved.Select((_, i) => ((weights[0] * alone[0][i]) + (weights[1] * alone[1][i])) / weights.Sum())], moved, 1e-12);
    }

    [Fact]
    public void Contribution_LongerThanTheBound_IsCutToIt()
    {
        foreach (var name in new[] { "cut", "cut-gradient" })
        {
            var learner = NetworkData.Learner(name);
            var (schema, shards) = NetworkData.Rows(learner.Objective);
            var blocks = learner.Open(schema, shards[0]).Contribute(learner.Initialize(schema, 1), new Round(0, schema.TotalRows, 5, 1));
            var length = Math.Sqrt(blocks.Values[0].Values.ToArray().Sum(v => v * v)) / blocks["share"][0, 0];
            Assert.Equal(learner.NormBound, length, 1e-9);
        }
    }

    [Fact]
    public void FedProx_StrongPull_KeepsParticipantsNearer()
    {
        var free = NetworkData.Learner("prox") with { Proximal = 0 };
        var (schema, shards) = NetworkData.Rows(free.Objective);
        double Length(NeuralNetwork learner) => learner.Open(schema, shards[0]).Contribute(learner.Initialize(schema, 1), new Round(0, schema.TotalRows, 5, 1))["change"].Values.ToArray().Sum(v => v * v);
        var plain = free with { Optimizer = LocalOptimizer.Sgd, LearningRate = 0.1, LocalEpochs = 20 };
        Assert.Equal(Length(plain with { Scheme = FederatedScheme.FedAvg }), Length(plain));
        Assert.InRange(Length(plain with { Proximal = 5 }), 0, 0.2 * Length(plain));
    }

    [Fact]
    public void Update_OfFedAdam_IsTheFormula()
    {
        var learner = NetworkData.Learner("avg-server");
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        var model = learner.Initialize(schema, 1);
        double[] w = model.ToVector(), m = new double[w.Length], v = new double[w.Length];
        for (var index = 0; index < 3; index++)
        {
            var round = new Round(index, schema.TotalRows, 5, 1);
            var total = shards.Select(s => learner.Open(schema, s).Contribute(model, round)).Aggregate((a, b) => a + b);
            for (var i = 0; i < w.Length; i++)
            {
                var change = total["change"][i, 0] / total["share"][0, 0];
                (m[i], v[i]) = ((0.9 * m[i]) + (0.1 * change), (0.99 * v[i]) + (0.01 * change * change));
                w[i] += 0.05 * m[i] / (Math.Sqrt(v[i]) + 1e-3);
            }
            model = learner.Update(schema, model, total, round).Model;
            TestData.AssertClose(w, model.ToVector(), 1e-12);
        }
        Assert.NotNull(learner.Pack(model).Find("memory"));
        Assert.Equal("weights_1 biases_1 weights_2 biases_2", string.Join(' ', learner.Pack(learner.Finish(model)).Names));
    }

    [Fact]
    public void FirstRound_OfARegression_FindsMeanAndDeviation()
    {
        var learner = NetworkData.Learner("avg");
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Squared);
        var model = LocalTraining.Train(learner, schema, shards, new StopRule(1, null), 1, CancellationToken.None).Model;
        var rows = Shard.Concatenate(shards);
        double[] y = rows.Targets!.ToArray(), w = rows.Weights!.ToArray();
        var mean = y.Zip(w, (a, b) => a * b).Sum() / w.Sum();
        Assert.Equal(mean, model.Target!.Mean, 1e-9);
        Assert.Equal(Math.Sqrt(y.Zip(w, (a, b) => b * (a - mean) * (a - mean)).Sum() / w.Sum()), model.Target.Deviation, 1e-9);
        // The agreed range of a column that was not declared is a power of two around zero.
        var agreed = schema with { Target = schema.Target! with { Minimum = -512, Maximum = 512 } };
        Assert.Equal(mean, LocalTraining.Train(learner, agreed, shards, new StopRule(1, null), 1, CancellationToken.None).Model.Target!.Mean, 1e-9);
    }

    [Theory]
    [InlineData("avg", 13)]
    [InlineData("avg-sgd", 6)]
    [InlineData("prox", 4)]
    [InlineData("sgd", 13)]
    [InlineData("sgd-adam", 12)]
    public void Train_ItsOwnRounds_EndsAfterTheEpochs(string name, int rounds)
    {
        var learner = NetworkData.Learner(name);
        var (schema, shards) = NetworkData.Rows(learner.Objective);
        Assert.Equal(rounds, LocalTraining.Train(learner, schema, shards, learner.DefaultStop with { Rounds = learner.DefaultStop.Rounds + 5 }, 1, CancellationToken.None).History.Length);
    }

    [Fact]
    public void Train_BentTarget_IsLearned()
    {
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Squared, rows: 400);
        foreach (var learner in new[] { NetworkData.Learner("avg") with { Epochs = 60 }, NetworkData.Learner("sgd") with { Epochs = 200, Alpha = 0, LearningRate = 0.03 } })
        {
            var model = LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None).Model;
            var all = Shard.Concatenate(shards);
            Assert.InRange(RegressionEvaluation.Evaluate(learner.Predict(schema, model, all.Features), all.Targets!)["r2"], 0.9, 1);
        }
    }

    [Fact]
    public void Initialize_TargetOfAnotherKind_IsRefused()
    {
        var (classes, _) = NetworkData.Rows(NetworkObjective.Softmax);
        Assert.Contains("softmax", Assert.Throws<ArgumentException>(() => new NeuralNetwork().Initialize(classes, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new NeuralNetwork { Objective = NetworkObjective.Logistic }.Initialize(classes, 1));
        var (number, _) = NetworkData.Rows(NetworkObjective.Squared);
        Assert.Throws<ArgumentException>(() => new NeuralNetwork { Objective = NetworkObjective.Softmax }.Initialize(number, 1));
    }

    [Fact]
    public void Contribute_NumbersThatOverflow_SaysSo()
    {
        var learner = NetworkData.Learner("cut") with { Objective = NetworkObjective.Squared, LearningRate = 1e200, Epochs = 5 };
        var (schema, shards) = NetworkData.Rows(NetworkObjective.Squared);
        Assert.Contains("learning-rate", Assert.Throws<ShardException>(() => Parameters(learner, schema, shards)).Message, StringComparison.Ordinal);
    }

    /// <summary>Gradient descent on pooled rows, written without the learner's schemes.</summary>
    private static double[] Descent(NeuralNetwork learner, Schema schema, Shard all)
    {
        var shape = learner.ShapeOf(schema);
        double[] w = shape.Draw(1), y = all.Targets!.ToArray(), weights = all.Weights!.ToArray();
        if (learner.Objective == NetworkObjective.Squared)
        {
            var mean = y.Zip(weights, (a, b) => a * b).Sum() / weights.Sum();
            var deviation = Math.Sqrt(y.Zip(weights, (a, b) => b * (a - mean) * (a - mean)).Sum() / weights.Sum());
            y = [.. y.Select(v => (v - mean) / deviation)];
        }
        var velocity = new double[w.Length];
        for (var epoch = 0; epoch < learner.Epochs; epoch++)
        {
            var g = new double[w.Length];
            new NetworkPass(shape).AddGradient(w, all.Features.Values, y, weights, g);
            for (var l = 0; l < shape.Layers; l++)
                for (var i = 0; i < (shape.Widths[l] + 1) * shape.Widths[l + 1]; i++)
                {
                    var at = shape.OffsetOf(l) + i;
                    var slope = (g[at] / weights.Sum()) + (i < shape.WeightsOf(l) ? learner.Alpha / all.Rows * w[at] : 0);
                    velocity[at] = (learner.Momentum * velocity[at]) - (learner.LearningRate * slope);
                    w[at] += learner.IsNesterov ? (learner.Momentum * velocity[at]) - (learner.LearningRate * slope) : velocity[at];
                }
        }
        return w;
    }

    private static double[] Parameters(NeuralNetwork learner, Schema schema, Shard[] shards) =>
        PlainTraining.Flatten(learner.Pack(LocalTraining.Train(learner, schema, shards, learner.DefaultStop, 1, CancellationToken.None).Model));
}
