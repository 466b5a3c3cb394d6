using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Learning;

namespace Coterie.Conformance.Laws;

/// <summary>Same seed, same data, same model; whoever comes first.</summary>
public sealed class ReproducibilityTests
{
    /// <summary>Enough for k-means to come from its starts to its steps; descent's hundredth round is as its tenth.</summary>
    private const int MostRounds = 20;

    public static TheoryData<string> ModeNames => Runs.SummingModeNames;

    [Theory]
    [MemberData(nameof(ModeNames))]
    public async Task RunAsync_Twice_GivesTheSameBits(string mode)
    {
        foreach (var learner in new ILearner[] { new LogisticRegression(), new MultinomialLogisticRegression(), new KMeans(3), new RidgeDescent() })
        {
            var (schema, shard) = SampleTask.For(learner.Task);
            var task = Runs.Task(schema, shard, learner, Runs.ModeOf(mode), seed: 5);
            task = task with { Plan = task.Plan with { Stop = task.Plan.Stop with { Rounds = Math.Min(MostRounds, task.Plan.Stop.Rounds) } } };
            var first = await FederatedTraining.RunAsync(task);
            var second = await FederatedTraining.RunAsync(task);
            Assert.Equal(BlocksCodec.ToBytes(first.Model.Parameters), BlocksCodec.ToBytes(second.Model.Parameters));
        }
    }

    [Theory]
    [InlineData("secure-aggregation")]
    [InlineData("secure-aggregation on a ring")]
    [InlineData("shared-key")]
    public async Task RunAsync_ParticipantsInAnotherOrder_GivesTheSameBits(string mode)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        var task = Runs.Task(schema, shard, new LogisticRegression(), Runs.ModeOf(mode));
        var straight = await FederatedTraining.RunAsync(task);
        var reversed = await FederatedTraining.RunAsync(task with { Participants = [.. task.Participants.Reverse()] });
        Assert.Equal(BlocksCodec.ToBytes(straight.Model.Parameters), BlocksCodec.ToBytes(reversed.Model.Parameters));
    }

    [Fact]
    public async Task RunAsync_AnotherSeed_GivesOtherStarts()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Clustering);
        var learner = new KMeans(3, 1, KMeansStarts.Box);
        var (one, other) = (learner.Initialize(Agreed(schema, shard), 1), learner.Initialize(Agreed(schema, shard), 2));
        Assert.NotEqual(BlocksCodec.ToBytes(learner.Pack(one)), BlocksCodec.ToBytes(learner.Pack(other)));
    }

    private static Schema Agreed(Schema schema, Shard shard) => LocalPipelineSchema.Of(schema, shard, LearningTask.Clustering).Schema;
}
