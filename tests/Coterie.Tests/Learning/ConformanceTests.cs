using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning;
using Coterie.Learning.Margins;
using Coterie.Learning.Neural;
using Coterie.Learning.SupportVectors;

namespace Coterie.Tests.Learning;

/// <summary>What every learner owes, whatever the mode: checked on generated weighted rows in five shards of unequal size.</summary>
public sealed class ConformanceTests
{
    private static readonly string[] HiddenNames = ["ridge", "ridge-all", "ridge-descent", "ridge-descent-wide", "logistic-descent", "logistic-descent-balanced", "svm-descent", "svm-descent-balanced", "multi-svm-descent", "logistic-bound", "logistic-bound-balanced", "svm-bound", "multi-logistic-bound", "multi-svm-bound-balanced", "lasso", "elastic-net", "network", "logistic-network", "multi-network"];

    private static readonly string[] PlainNames = ["linear", "logistic", "logistic-none", "logistic-balanced", "multinomial", "multinomial-balanced", "svm", "svm-squared", "svm-balanced", "multi-svm", "multi-svm-squared"];

    public static TheoryData<string> Hidden => [.. HiddenNames];

    public static TheoryData<string> Every => [.. HiddenNames, .. PlainNames];

    /// <summary>Learners whose model depends on who holds which rows.</summary>
    public static TheoryData<string> Any => [.. HiddenNames, .. PlainNames, "svm-averaging"];

    /// <summary>
    /// 20 fraction bits keep 6 digits, of which sums over 60 rows and 12 steps lose one. The hidden sigmoid errs by up to 2^-10, which
    /// 12 steps of 0.1 on features of size 2 turn into at most 2.4e-3.
    /// </summary>
    [Theory]
    [MemberData(nameof(Hidden))]
    public void HiddenForm_OnRingArithmetic_GivesThePlainModel(string name)
    {
        var ring = new RingArithmetic();
        var hidden = Learner(name).Accept(new HiddenTraining<RingMatrix>(Rows(name), ring, ring.Public, ring.Decode));
        TestData.AssertClose(Learner(name).Accept(new PlainTraining(Rows(name))), hidden, name.Contains("logistic", StringComparison.Ordinal) || name == "multi-network" ? 2.4e-3 : IsIterated(name) ? 1e-3 : name == "network" ? 1e-4 : 2e-5);
    }

    /// <summary>The kernels beside a hidden form compute the same, up to the order of sums; of lasso and elastic net, up to where its steps stop.</summary>
    [Theory]
    [MemberData(nameof(Hidden))]
    public void HiddenForm_OnPlainArithmetic_GivesThePlainModel(string name)
    {
        var hidden = Learner(name).Accept(new HiddenTraining<Matrix>(Rows(name), PlainArithmetic.Instance, v => v, v => v));
        TestData.AssertClose(Learner(name).Accept(new PlainTraining(Rows(name))), hidden, IsIterated(name) ? 1e-4 : 1e-12);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Train_FiveShards_GivesTheCentralisedModel(string name)
    {
        var (schema, shards) = Rows(name);
        var centralised = Learner(name).Accept(new PlainTraining((schema, [Shard.Concatenate(shards)])));
        TestData.AssertClose(centralised, Learner(name).Accept(new PlainTraining((schema, shards))), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Any))]
    public void Train_ParticipantsPermuted_GivesTheSameModel(string name)
    {
        var (schema, shards) = Rows(name);
        var permuted = Learner(name).Accept(new PlainTraining((schema, [shards[3], shards[0], shards[4], shards[2], shards[1]])));
        TestData.AssertClose(Learner(name).Accept(new PlainTraining((schema, shards))), permuted, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Any))]
    public void Train_AParticipantWithoutRows_ChangesNothing(string name)
    {
        var (schema, shards) = Rows(name);
        var more = Learner(name).Accept(new PlainTraining((schema, [.. shards, shards[0].SelectRows([])])));
        TestData.AssertClose(Learner(name).Accept(new PlainTraining((schema, shards))), more, 0);
    }

    [Theory]
    [MemberData(nameof(Any))]
    public void Contribution_InEveryRound_KeepsShapesAndBounds(string name) => Learner(name).Accept(new BoundsCheck(Rows(name)));

    [Theory]
    [MemberData(nameof(Any))]
    public void Unpack_OfPack_GivesTheModelAndRefusesOtherShapes(string name) => Learner(name).Accept(new PackCheck(Rows(name)));

    [Theory]
    [InlineData("ridge", 0)]
    [InlineData("ridge-descent", 1)]
    [InlineData("ridge-descent-wide", 1)]
    [InlineData("logistic-descent", null)]
    [InlineData("svm-descent", null)]
    [InlineData("logistic-bound", null)]
    [InlineData("lasso", 0)]
    [InlineData("network", null)]
    public void Contribution_OnShapes_HasTheDegreeInTheModel(string name, int? degree) =>
        Assert.Equal(degree, Learner(name).Accept(new DegreeInModel(Rows(name))));

    private static ILearner Learner(string name) => name switch
    {
        "linear" => new RidgeRegression(0),
        "ridge" => new RidgeRegression(3),
        "ridge-all" => new RidgeRegression(3, PenalizeIntercept: true),
        "ridge-descent" or "ridge-descent-wide" => new RidgeDescent(3, 0.2),
        "logistic" => new LogisticRegression(0.7),
        "logistic-none" => new LogisticRegression(1, LogisticPenalty.None),
        "logistic-balanced" => new LogisticRegression(2) { ClassWeights = ClassWeights.Balanced },
        "logistic-descent" => new LogisticDescent(0.5),
        "logistic-descent-balanced" => new LogisticDescent(0.5) { ClassWeights = ClassWeights.Balanced },
        "multinomial" => new MultinomialLogisticRegression(0.7),
        "multinomial-balanced" => new MultinomialLogisticRegression(0.7) { ClassWeights = ClassWeights.Balanced },
        "svm" => new SupportVectorMachine(0.7),
        "svm-squared" => new SupportVectorMachine(0.7, SupportVectorLoss.SquaredHinge),
        "svm-balanced" => new SupportVectorMachine(2) { ClassWeights = ClassWeights.Balanced },
        "svm-descent" => new SupportVectorDescent(0.5),
        "svm-descent-balanced" => new SupportVectorDescent(0.5) { ClassWeights = ClassWeights.Balanced },
        "svm-averaging" => new SupportVectorAveraging(0.5, LocalEpochs: 2),
        "multi-svm" => new MulticlassSupportVectorMachine(0.7),
        "multi-svm-squared" => new MulticlassSupportVectorMachine(0.7, SupportVectorLoss.SquaredHinge),
        "multi-svm-descent" => new MulticlassSupportVectorDescent(0.5),
        "logistic-bound" => new BoundedBinary(BoundedLoss.Logistic, 0.7),
        "logistic-bound-balanced" => new BoundedBinary(BoundedLoss.Logistic, 2) { ClassWeights = ClassWeights.Balanced },
        "svm-bound" => new BoundedBinary(BoundedLoss.SquaredHinge, 0.7) { Name = "linear-svm" },
        "multi-logistic-bound" => new BoundedMulticlass(BoundedLoss.Logistic, 0.7),
        "multi-svm-bound-balanced" => new BoundedMulticlass(BoundedLoss.SquaredHinge, 0.7) { Name = "multiclass-linear-svm", ClassWeights = ClassWeights.Balanced },
        "lasso" => new ElasticNet(0.3, 1),
        "network" => new HiddenNetwork { Hidden = 5, Epochs = 12 },
        "logistic-network" => new HiddenNetwork { Objective = NetworkObjective.Logistic, Hidden = 5, IsNesterov = true, Epochs = 12, Alpha = 0.5 },
        "multi-network" => new HiddenNetwork { Objective = NetworkObjective.OneVsRest, Activation = Activation.Tanh, Hidden = 3, Momentum = 0, Epochs = 12 },
        "elastic-net" => new ElasticNet(0.3, 0.4),
        _ => throw new ArgumentException(name),
    };

    private static bool IsIterated(string name) => name is "lasso" or "elastic-net";

    /// <summary>60 rows (wide: 15, so that some shards have fewer rows than features), 4 features of unequal scale, weights in [0.5, 1.5].</summary>
    private static (Schema Schema, Shard[] Shards) Rows(string name)
    {
        var random = new SeededRandom(7);
        var classes = name.StartsWith("multi", StringComparison.Ordinal) ? 3 : name.StartsWith("logistic", StringComparison.Ordinal) || name.StartsWith("svm", StringComparison.Ordinal) ? 2 : 0;
        int d = 4, n = name.EndsWith("wide", StringComparison.Ordinal) ? 15 : 60;
        double[] x = new double[n * d], y = new double[n], weights = new double[n];
        for (var i = 0; i < n; i++)
        {
            double score = 0;
            for (var j = 0; j < d; j++) score += (x[(i * d) + j] = random.NextGaussian() * (j + 1) / 2) * (j - 1.3);
            var noisy = score + (3 * random.NextGaussian());
            y[i] = classes switch { 0 => noisy + 2, 2 => noisy > 1 ? 1 : 0, _ => noisy > 2 ? 2 : noisy > -1 ? 1 : 0 };
            weights[i] = 0.5 + random.NextDouble();
        }
        var all = new Shard(new Matrix(n, d, x), Matrix.Column(y), Matrix.Column(weights));
        int Owner(int i) => i % 11 % 5;
        return (TestData.SchemaOf(all, classes) with { WeightBound = 1.5 },
            [.. Enumerable.Range(0, 5).Select(k => all.SelectRows([.. Enumerable.Range(0, n).Where(i => Owner(i) == k)]))]);
    }
}
