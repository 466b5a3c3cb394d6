using System.Collections.Concurrent;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;
using Coterie.Privacy.Keys;

namespace Coterie.Conformance.Laws;

/// <summary>An encrypted model whose rounds are not affine in it: products under the coordinator's key, everything else on shares.</summary>
public sealed class NonLinearStepsTests
{
    // Shares of products are exact in both modes; circuits drop lowest bits of shares, which are others in every run.
    [Theory]
    [InlineData("logistic-descent")]
    [InlineData("logistic-bound")]
    [InlineData("svm-bound")]
    [InlineData("svm-subgradient")]
    [InlineData("multi-logistic-bound")]
    [InlineData("k-means")]
    [InlineData("network")]
    [InlineData("logistic-network")]
    [InlineData("multi-tanh-network")]
    public async Task RunAsync_HiddenLearner_GivesTheModelOfSecretSharing(string name)
    {
        var learner = SecretSharingTests.Learner(name);
        var expected = await RunAsync(learner, new ModeOptions(ModeCatalogue.SecretSharing));
        var actual = await RunAsync(learner, Runs.EncryptedModel);
        Assert.InRange(Runs.RelativeError(EncryptedModelTests.Parameters(expected), EncryptedModelTests.Parameters(actual)), 0, 1e-5);
        Assert.Equal(expected.Rounds, actual.Rounds);
    }

    [Fact]
    public async Task RunAsync_Participants_AreToldNothingOfTheModel()
    {
        var outcome = await RunAsync(SecretSharingTests.Learner("logistic-bound"), Runs.EncryptedModel);
        foreach (var participant in outcome.Roster.Participants)
            Assert.DoesNotContain(outcome.Openings[participant], o => o.Step.Path.StartsWith("run/learner", StringComparison.Ordinal));
        var opened = outcome.Openings[FederatedTraining.Coordinator].Where(o => o.Step.Path.StartsWith("run/learner", StringComparison.Ordinal)).ToArray();
        Assert.Equal(5, opened.Count(o => o.What.StartsWith("how many rows", StringComparison.Ordinal) && o.Contributors == 0));
        Assert.All(opened.Where(o => !o.What.StartsWith("how many rows", StringComparison.Ordinal)), o => Assert.Equal(5, o.Contributors));
    }

    /// <summary>A model that does not move is encrypted anew in every round, into valid ciphertexts; participants of one layout get the same; no answer's randomness comes twice.</summary>
    [Fact]
    public async Task RunAsync_AModelThatStaysTheSame_IsNeverTheSameCiphertext()
    {
        var sent = new ConcurrentQueue<Envelope>();
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticDescent(1, LogisticPenalty.None, 0), Runs.EncryptedModel);
        var network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                sent.Enqueue(e with { Payload = e.Payload.ToArray() });
                return e;
            },
        };
        await FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = new StopRule(3, null) } }, network, CancellationToken.None);

        var key = new PaillierKeySize(Runs.InsecureKeyBits, IsInsecure: true).Import(sent.First(e => e.Step.Path == "run/model-key").Payload.Span);
        string[] Ciphertexts(Envelope e) => [.. key.ToBytes(key.FromBytes(e.Payload.Span, e.Payload.Length / key.CiphertextBytes)).Chunk(key.CiphertextBytes).Select(Convert.ToHexString)];
        var encrypted = sent.Where(e => e.Step.Path.EndsWith("/encrypted", StringComparison.Ordinal)).ToArray();
        var answers = sent.Where(e => e.Step.Path.EndsWith("/blinded", StringComparison.Ordinal)).ToArray();
        Assert.Equal((15, 15), (encrypted.Length, answers.Length));
        Assert.All(encrypted, e => Assert.Equal(FederatedTraining.Coordinator, e.From));
        var rounds = encrypted.GroupBy(e => string.Join('/', e.Step.Path.Split('/')[..3])).ToArray();
        Assert.Equal(3, rounds.Length);
        Assert.All(rounds, round => Assert.Single(round.Select(e => Convert.ToHexString(e.Payload.Span)).Distinct()));
        var once = rounds.SelectMany(round => Ciphertexts(round.First())).Concat(answers.SelectMany(Ciphertexts)).ToArray();
        Assert.Equal(once.Length, once.Distinct().Count());
    }

    [Fact]
    public async Task RunAsync_OneVanishesInTheSecondRound_TheOthersGoOn()
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticDescent(), Runs.EncryptedModel) with { Patience = TimeSpan.FromSeconds(5) };
        InProcessNetwork? network = null;
        network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                if (e.From != task.Participants[2].Name || !e.Step.Path.StartsWith("run/learner/1/", StringComparison.Ordinal) || !e.Step.Path.EndsWith("/blinded", StringComparison.Ordinal)) return e;
                network!.Disconnect(e.From);
                return null;
            },
        };
        var outcome = await FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = new StopRule(3, null) } }, network, CancellationToken.None);
        Assert.Equal(4, outcome.History[^1].Survivors);
    }

    private static async Task<TrainingOutcome> RunAsync(ILearner learner, ModeOptions mode)
    {
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, mode);
        return await FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = new StopRule(Math.Min(4, learner.DefaultStop.Rounds), null) } });
    }
}
