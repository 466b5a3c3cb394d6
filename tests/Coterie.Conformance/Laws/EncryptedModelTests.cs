using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Privacy;

namespace Coterie.Conformance.Laws;

/// <summary>A model that participants cannot read becomes the one they would have trained in clear.</summary>
public sealed class EncryptedModelTests
{
    private static readonly StopRule FewRounds = new(12, null);

    // 512 bits have room for a few rounds only: an owner of its own rescales the model again and again.
    [Theory]
    [InlineData(0.0, false)]
    [InlineData(2.5, false)]
    [InlineData(0.0, true)]
    [InlineData(2.5, true)]
    public async Task RunAsync_AffineContribution_GivesTheModelOfSecureAggregation(double alpha, bool isSeparatelyOwned)
    {
        var learner = new RidgeDescent(alpha, 0.3);
        var expected = await RunAsync(learner, Runs.Secure);
        var actual = await RunAsync(learner, isSeparatelyOwned ? Runs.SeparatelyOwned : Runs.EncryptedModel);
        Assert.InRange(Runs.RelativeError(Parameters(expected), Parameters(actual)), 1e-15, 1e-6);
        Assert.Equal(12, actual.Rounds);
        if (!isSeparatelyOwned) return;
        Assert.Contains(actual.Openings[Runs.SeparatelyOwned.ModelOwner!.Value], o => o.What.Contains("under masks", StringComparison.Ordinal));
        Assert.DoesNotContain(actual.Openings[FederatedTraining.Coordinator], o => o.Step.Path.StartsWith("run/learner", StringComparison.Ordinal) && !o.Step.Path.EndsWith("/known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_ContributionOfRowsAlone_IsOneMaskedSum()
    {
        var expected = await RunAsync(new RidgeRegression(), Runs.Secure);
        var actual = await RunAsync(new RidgeRegression(), Runs.EncryptedModel);
        Assert.Equal(Parameters(expected), Parameters(actual));
    }

    [Fact]
    public async Task RunAsync_ContributionOfRowsAloneAndAnOwnerOfItsOwn_IsRefusedWithTheReason()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(new RidgeRegression(), Runs.SeparatelyOwned));
        Assert.Contains("solver: gradient-descent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Twice_GivesTheSameModelToTheBit()
    {
        var learner = new RidgeDescent(1, 0.3);
        Assert.Equal(Parameters(await RunAsync(learner, Runs.EncryptedModel)), Parameters(await RunAsync(learner, Runs.EncryptedModel)));
    }

    // Which form a contribution takes, by Gram matrix or by rows, may not depend on how many rows a participant has.
    [Fact]
    public async Task RunAsync_FewerRowsThanFeatures_GivesTheModelOfSecureAggregation()
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var few = shard.SelectRows([.. Enumerable.Range(0, 12)]);
        var learner = new RidgeDescent(1, 0.3);
        var task = Runs.Task(schema, few, learner, Runs.EncryptedModel);
        var expected = await FederatedTraining.RunAsync(Runs.Task(schema, few, learner, Runs.Secure) with { Plan = task.Plan with { Stop = FewRounds } });
        var actual = await FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = FewRounds } });
        Assert.InRange(Runs.RelativeError(Parameters(expected), Parameters(actual)), 0, 1e-6);
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("masked")]
    [InlineData("unmask")]
    public async Task RunAsync_OneVanishesInTheSecondRound_TheOthersGoOn(string step)
    {
        var learner = new RidgeDescent(1, 0.3);
        var expected = await VanishingAsync(learner, Runs.Secure, step);
        var actual = await VanishingAsync(learner, Runs.EncryptedModel, step);
        Assert.InRange(Runs.RelativeError(Parameters(expected), Parameters(actual)), 0, 1e-6);
        Assert.Equal(4, actual.History[^1].Survivors);
    }

    [Theory]
    [InlineData(false, "bound, gradient-descent and subgradient")]
    [InlineData(true, "affine")]
    public async Task RunAsync_WhatCannotBeComputed_IsRefusedWithTheReason(bool isSeparatelyOwned, string reason)
    {
        var (schema, shard) = SampleTask.For(LearningTask.BinaryClassification);
        ILearner learner = isSeparatelyOwned ? new LogisticDescent() : new LogisticRegression();
        var mode = isSeparatelyOwned ? Runs.SeparatelyOwned : Runs.EncryptedModel;
        var error = await Assert.ThrowsAsync<ArgumentException>(() => FederatedTraining.RunAsync(Runs.Task(schema, shard, learner, mode)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        // The plan says the same before anything runs.
        Assert.Contains(reason, ModeCatalogue.Refusal(mode, learner), StringComparison.Ordinal);
    }

    internal static double[] Parameters(TrainingOutcome outcome) => [.. outcome.Model.Parameters.Values.SelectMany(v => v.ToArray())];

    private static Task<TrainingOutcome> RunAsync(ILearner learner, ModeOptions mode)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var task = Runs.Task(schema, shard, learner, mode);
        return FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = FewRounds } });
    }

    private static Task<TrainingOutcome> VanishingAsync(ILearner learner, ModeOptions mode, string step)
    {
        var (schema, shard) = SampleTask.For(LearningTask.Regression);
        var task = Runs.Task(schema, shard, learner, mode) with { Patience = TimeSpan.FromSeconds(5) };
        InProcessNetwork? network = null;
        network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                if (e.From != task.Participants[2].Name || e.Step.Path != $"run/learner/1/{step}") return e;
                network!.Disconnect(e.From);
                return null;
            },
        };
        return FederatedTraining.RunAsync(task with { Plan = task.Plan with { Stop = FewRounds } }, network, CancellationToken.None);
    }
}
