using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>
/// Sums in fixed point are exact, so every mode that hides the sum gives the same model to the bit: every learner of the catalogue, with every solver, in
/// every such mode and topology, with all participants and with one that leaves half-way. No learner is excused.
/// </summary>
public sealed class ExactSumsTests
{
    /// <summary>Rounds that are enough: descent would go on for hundreds, each of which sums alike.</summary>
    private const int MostRounds = 10;

    /// <summary>Every mode of tier A but <c>federated</c>, which adds doubles: its sums are rounded where others are exact.</summary>
    private static readonly ModeOptions[] Exact = [.. Runs.Modes.Where(m => m.Mode != ModeCatalogue.Federated && ModeCatalogue.Find(m.Mode)!.Tier == 'A')];

    public static TheoryData<string> LearnerNames => [.. SupportMatrixTests.Learners().Where(l => l.Features is null).Select(l => l.Name)];

    [Theory]
    [MemberData(nameof(LearnerNames))]
    public async Task RunAsync_EveryLearner_GivesTheSameModelInEveryModeThatHidesTheSum(string name)
    {
        Assert.Subset(Exact.Select(Runs.NameOf).ToHashSet(), new HashSet<string> { "secure-aggregation", "secure-aggregation on a ring", "shared-key", "separate-keys" });
        var learner = SupportMatrixTests.Learners().Single(l => l.Name == name).Learner;
        var whole = await AgreeAsync(learner, leavesIn: null);
        Assert.All(whole.History, h => Assert.Equal(5, h.Survivors));

        var half = whole.Rounds / 2;
        var fewer = await AgreeAsync(learner, leavesIn: half);
        Assert.All(fewer.History.Where(IsOfLearner), h => Assert.Equal(h.Round < half ? 5 : 4, h.Survivors));
        Assert.NotEqual(BlocksCodec.ToBytes(whole.Model.Parameters), BlocksCodec.ToBytes(fewer.Model.Parameters));
    }

    /// <summary>Trains in every mode; what the first one gave.</summary>
    private static async Task<TrainingOutcome> AgreeAsync(ILearner learner, int? leavesIn)
    {
        var expected = await TrainAsync(learner, Exact[0], leavesIn);
        foreach (var mode in Exact[1..]) Same(expected, await TrainAsync(learner, mode, leavesIn), Runs.NameOf(mode));
        return expected;
    }

    /// <summary>Whoever leaves does so before its vector is sent, so that it is in no mode's sum.</summary>
    private static Task<TrainingOutcome> TrainAsync(ILearner learner, ModeOptions mode, int? leavesIn)
    {
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, mode) with { Patience = TimeSpan.FromSeconds(20) };
        task = task with { Plan = task.Plan with { Stop = task.Plan.Stop with { Rounds = Math.Min(MostRounds, task.Plan.Stop.Rounds) } } };
        var leaver = task.Participants[2].Name;
        InProcessNetwork? network = null;
        network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                if (leavesIn is not { } round || e.From != leaver || e.Step.Path != $"run/learner/{round}/keys") return e;
                network!.Disconnect(leaver);
                return null;
            },
        };
        return FederatedTraining.RunAsync(task, network, CancellationToken.None);
    }

    private static bool IsOfLearner(RoundRecord round) => round.Step.Path.Contains("/learner/", StringComparison.Ordinal);

    private static void Same(TrainingOutcome expected, TrainingOutcome actual, string mode)
    {
        Same(expected.Model.Parameters, actual.Model.Parameters, $"the model of {mode}");
        Assert.Equal(expected.Model.Preprocessing.Length, actual.Model.Preprocessing.Length);
        foreach (var (one, other) in expected.Model.Preprocessing.Zip(actual.Model.Preprocessing)) Same(one.Parameters, other.Parameters, $"the preprocessing of {mode}");
        Assert.Equal(expected.Model.Input, actual.Model.Input);
        Assert.Equal(expected.History.Select(h => (h.Stage, h.Round, h.Loss, h.Change, h.Survivors)), actual.History.Select(h => (h.Stage, h.Round, h.Loss, h.Change, h.Survivors)));
    }

    private static void Same(Blocks<Matrix> expected, Blocks<Matrix> actual, string what)
    {
        Assert.Equal(expected.Names.ToArray(), actual.Names.ToArray());
        foreach (var (name, one, other) in expected.Names.Zip(expected.Values, actual.Values))
        {
            Assert.Equal((one.Rows, one.Columns), (other.Rows, other.Columns));
            for (var i = 0; i < one.Rows * one.Columns; i++)
            {
                var (x, y) = (one[i / one.Columns, i % one.Columns], other[i / one.Columns, i % one.Columns]);
                Assert.True(BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y), $"Entry {i} of block '{name}' of {what} is {y:R}; in {Runs.NameOf(Exact[0])} it is {x:R}.");
            }
        }
    }
}
