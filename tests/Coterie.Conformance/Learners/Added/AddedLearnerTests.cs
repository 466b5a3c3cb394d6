using Coterie.Conformance.Support;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Privacy;
using Coterie.Testing;

namespace Coterie.Conformance.Learners.Added;

/// <summary>A learner is one file and one entry in a catalogue, as <c>docs/adding-a-learner.md</c> says; every mode then trains it.</summary>
public sealed class AddedLearnerTests
{
    private static readonly string Source = Path.Combine(References.Repository, "tests", "Coterie.Conformance", "Learners", "Added", "TargetMean.cs");

    public static TheoryData<string> Modes => Runs.ModeNames;

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task RunAsync_InEveryMode_GivesTheMeanOfAllTargets(string mode)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var outcome = await FederatedTraining.RunAsync(Runs.Task(schema, shard, TargetMean.Entry.Build(new Dictionary<string, object?>()), Runs.ModeOf(mode)));
        var expected = shard.Targets!.ToArray().Average();
        // On shares of rows the model, too, has digits of fixed point.
        Assert.Equal(expected, outcome.Model.Parameters["mean"][0, 0], (mode == ModeCatalogue.EncryptedData ? 1e-6 : 1e-9) * Math.Abs(expected));
    }

    [Fact]
    public async Task HiddenForm_OnFixedPoint_GivesTheMeanOfAllTargets()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var (learner, ring) = ((IHiddenLearner<TargetMean.Model>)new TargetMean(), new RingArithmetic());
        var round = new Round(0, shard.Rows, 1, 0);
        var local = await learner.PrepareAsync(ring, shard.ToBlocks().Select(ring.Public), CancellationToken.None);
        var model = learner.Pack(learner.Initialize(schema, 0)).Select(ring.Public);
        var (contribution, _) = await learner.ContributeAsync(ring, model, local, round, CancellationToken.None);
        var next = await learner.UpdateAsync(ring, model, contribution, round, CancellationToken.None);
        Assert.Equal(shard.Targets!.ToArray().Average(), ring.Decode(next["mean"])[0, 0], 1e-3);
    }

    /// <summary>Every member that the page asks for is in the file, and the file needs nothing of modes, masks or networks.</summary>
    [Fact]
    public void Page_IsFollowedByTheFile()
    {
        var (page, code) = (File.ReadAllText(Path.Combine(References.Repository, "docs", "adding-a-learner.md")), File.ReadAllText(Source));
        Assert.Contains("TargetMean.cs", page, StringComparison.Ordinal);
        foreach (var member in new[] { "Terms", "DefaultStop", "Initialize", "Pack", "Unpack", "Layout", "ContributeAsync", "UpdateAsync", "Predict", "Entry" })
        {
            Assert.Contains($"`{member}`", page, StringComparison.Ordinal);
            Assert.Contains($" {member}", code, StringComparison.Ordinal);
        }
        Assert.All(code.Split('\n').Where(l => l.StartsWith("using Coterie", StringComparison.Ordinal)), l => Assert.StartsWith("using Coterie.Core.", l, StringComparison.Ordinal));
        Assert.InRange(code.Split('\n').Length, 1, 80);
    }
}
