using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>What participants open under <c>separate-keys</c> are the same fixed-point sums; for every learner <see cref="ExactSumsTests"/> says so.</summary>
public sealed class SeparateKeysTests
{
    // The product's smallest key, with its larger slots per ciphertext, as a task file would have it.
    [Fact]
    public async Task RunAsync_KeysOf2048Bits_GiveTheSameModel()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var secure = await FederatedTraining.RunAsync(Runs.Task(schema, shard, new RidgeRegression(), Runs.Secure, participants: 3));
        AssertSame(secure, await FederatedTraining.RunAsync(Runs.Task(schema, shard, new RidgeRegression(), new ModeOptions(ModeCatalogue.SeparateKeys) { KeyBits = 2048 }, participants: 3)));
    }

    [Theory]
    [InlineData("standing", true)]
    [InlineData("keys", true)]
    [InlineData("shares", true)]
    [InlineData("masked", true)]
    [InlineData("consistency", false)]
    [InlineData("unmask", false)]
    public async Task RunAsync_OneVanishesInTheSecondRound_GivesTheModelOfTheSameDropOutUnderSecureAggregation(string step, bool isLeftOut)
    {
        var secure = await VanishingAsync(Runs.Secure, $"run/learner/1/{(isLeftOut ? "keys" : "unmask")}");
        var separate = await VanishingAsync(Runs.SeparateKeys, $"run/learner/1/{step}");
        AssertSame(secure, separate);
        Assert.Equal(4, separate.History[^1].Survivors);
    }

    [Theory]
    [InlineData("run/key-exchange/own-key")]
    [InlineData("run/0-schema-agreement/0/standing")]
    public async Task RunAsync_OneVanishesAroundTheExchangeOfKeys_TheOthersTrain(string path)
    {
        var outcome = await VanishingAsync(Runs.SeparateKeys, path);
        Assert.All(outcome.History, h => Assert.Equal(4, h.Survivors));
    }

    [Fact]
    public void Create_KeyBitsThatNoModeTakes_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ModeCatalogue.Create(new ModeOptions(ModeCatalogue.SeparateKeys) { KeyBits = 1024 }));
        Assert.Throws<ArgumentException>(() => ModeCatalogue.Create(new ModeOptions(ModeCatalogue.SharedKey) { KeyBits = 3072 }));
        Assert.Equal(3072, ModeCatalogue.KeyBitsFor(new ModeOptions(ModeCatalogue.SeparateKeys)));
        Assert.Equal(0, ModeCatalogue.KeyBitsFor(new ModeOptions(ModeCatalogue.SharedKey)));
    }

    // Parties that were offered keys of other lengths have signed other terms.
    [Fact]
    public void TermsHash_OtherLengthOfKeys_IsAnother()
    {
        var (schema, _) = SampleTask.For(LearningTask.Regression);
        byte[] Terms(int? bits) => new PartyRun(new TrainingPlan([], new RidgeRegression(), new StopRule(1, null), 0), new ModeOptions(ModeCatalogue.SeparateKeys) { KeyBits = bits }, schema).TermsHash();
        Assert.Equal(Terms(null), Terms(3072));
        Assert.NotEqual(Terms(2048), Terms(3072));
    }

    private static void AssertSame(TrainingOutcome expected, TrainingOutcome actual)
    {
        Assert.Equal(BlocksCodec.ToBytes(expected.Model.Parameters), BlocksCodec.ToBytes(actual.Model.Parameters));
        Assert.Equal(expected.Model.Preprocessing.Select(f => Convert.ToHexString(BlocksCodec.ToBytes(f.Parameters))), actual.Model.Preprocessing.Select(f => Convert.ToHexString(BlocksCodec.ToBytes(f.Parameters))));
        Assert.Equal(expected.History.Select(h => (h.Stage, h.Round, h.Loss, h.Change, h.Survivors)), actual.History.Select(h => (h.Stage, h.Round, h.Loss, h.Change, h.Survivors)));
    }

    private static async Task<TrainingOutcome> VanishingAsync(ModeOptions mode, string path)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticRegression(), mode) with { Patience = TimeSpan.FromSeconds(5) };
        InProcessNetwork? network = null;
        network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                if (e.From != task.Participants[2].Name || e.Step.Path != path) return e;
                network!.Disconnect(e.From);
                return null;
            },
        };
        return await FederatedTraining.RunAsync(task, network, CancellationToken.None);
    }
}
