using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>Fixed-point sums are exact: what participants compute under <c>shared-key</c> is what the coordinator computes under <c>secure-aggregation</c>; for every learner <see cref="ExactSumsTests"/> says so.</summary>
public sealed class SharedKeyTests
{
    // Whoever vanishes in the learner's second round at a step before its vector has left is in neither sum; afterwards it is in both.
    [Theory]
    [InlineData("standing", true)]
    [InlineData("keys", true)]
    [InlineData("shares", true)]
    [InlineData("masked", true)]
    [InlineData("consistency", false)]
    [InlineData("unmask", false)]
    public async Task RunAsync_OneVanishesInTheSecondRound_GivesTheModelOfTheSameDropOutUnderSecureAggregation(string step, bool isLeftOut)
    {
        var secure = await WithDropOutAsync(Runs.Secure, isLeftOut ? "keys" : "unmask");
        var shared = await WithDropOutAsync(Runs.SharedKey, step);
        Assert.Equal(BlocksCodec.ToBytes(secure.Model.Parameters), BlocksCodec.ToBytes(shared.Model.Parameters));
        Assert.Equal(secure.History.Select(h => h.Survivors), shared.History.Select(h => h.Survivors));
        Assert.Equal(4, shared.History[^1].Survivors);
    }

    // At "keys" it is no member of the key; at "parts" neither; after that it is, and is not missed.
    [Theory]
    [InlineData("run/group-key/keys", 4)]
    [InlineData("run/group-key/parts", 4)]
    [InlineData("run/0-schema-agreement/0/standing", 4)]
    public async Task RunAsync_OneVanishesWhileTheKeyIsAgreed_TheOthersTrain(string path, int survivors)
    {
        var outcome = await VanishingAsync(Runs.SharedKey, e => e.Step.Path == path);
        Assert.All(outcome.History, h => Assert.Equal(survivors, h.Survivors));
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("parts")]
    public async Task RunAsync_TooManyVanishWhileTheKeyIsAgreed_EndsBelowThreshold(string step)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var task = Runs.Task(schema, shard, new RidgeRegression(), Runs.SharedKey) with { Patience = TimeSpan.FromSeconds(5) };
        InProcessNetwork? network = null;
        network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                if (e.From.Name is not ("participant-1" or "participant-3") || e.Step.Path != $"run/group-key/{step}") return e;
                network!.Disconnect(e.From);
                return null;
            },
        };
        var error = await Assert.ThrowsAsync<ProtocolException>(() => FederatedTraining.RunAsync(task, network, CancellationToken.None));
        Assert.Equal(ProtocolErrorCode.BelowThreshold, error.Code);
    }

    [Fact]
    public async Task RunAsync_AsksToGiveTheModelToTheCoordinator_IsRefused()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        foreach (var audience in new[] { ModelAudience.Owner, ModelAudience.Everyone })
        {
            var task = Runs.Task(schema, shard, new RidgeRegression(), Runs.SharedKey);
            await Assert.ThrowsAsync<ArgumentException>(() => FederatedTraining.RunAsync(task with { Plan = task.Plan with { ModelTo = audience } }));
        }
        await Assert.ThrowsAsync<ArgumentException>(() => FederatedTraining.RunAsync(
            Runs.Task(schema, shard, new RidgeRegression(), Runs.Secure) with { Plan = new TrainingPlan([], new RidgeRegression(), new StopRule(1, null), 0, ModelAudience.Participants) }));
    }

    private static Task<TrainingOutcome> WithDropOutAsync(ModeOptions mode, string step) =>
        VanishingAsync(mode, e => e.Step.Path == $"run/learner/1/{step}");

    private static async Task<TrainingOutcome> VanishingAsync(ModeOptions mode, Func<Envelope, bool> at)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticRegression(), mode) with { Patience = TimeSpan.FromSeconds(5) };
        InProcessNetwork? network = null;
        network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                if (e.From != task.Participants[2].Name || !at(e)) return e;
                network!.Disconnect(e.From);
                return null;
            },
        };
        return await FederatedTraining.RunAsync(task, network, CancellationToken.None);
    }
}
