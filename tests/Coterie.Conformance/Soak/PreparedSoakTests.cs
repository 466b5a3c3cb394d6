using Coterie.Conformance.Learners;
using Coterie.Conformance.Preparing;
using Coterie.Core.Learning;
using Coterie.Federation.Training;
using Coterie.Privacy;
using Xunit.Abstractions;

namespace Coterie.Conformance.Soak;

/// <summary>
/// A coordinator that prepares all rounds, goes away and comes back to train, while parties are killed between and in the middle of both, over durable stores: the model is that of a run without faults
/// and without preparation.
/// </summary>
public sealed class PreparedSoakTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ModeCatalogue.SecretSharing, "svm-subgradient", 6)]
    [InlineData(ModeCatalogue.EncryptedData, "ridge-descent", 4)]
    public async Task RunAsync_KilledWhilePreparingAndTraining_GivesTheModel(string mode, string learner, int each)
    {
        var task = PreparedTrainingTests.TaskFor(mode, learner);
        var expected = Numbers((await FederatedTraining.RunAsync(task)).Model.Parameters);
        var watching = FaultPlan.Watching();
        await CheckAsync(task, expected, watching, "undisturbed");
        FrameEvent[] frames = [.. watching.Seen.Keys.Where(e => e.Party.Name is "coordinator" or "participant-1" or "helper" && IsOfPreparation(e.Kind)).OrderBy(e => e.ToString(), StringComparer.Ordinal)];
        Assert.True(frames.Length > 8, string.Join("; ", watching.Seen.Keys));
        var injected = 0;
        for (var i = 0; i < frames.Length; i += SoakTests.IsThorough ? 1 : each)
        {
            var plan = FaultPlan.Single(frames[i], i % 2 == 0 ? Fault.KillBefore : Fault.KillAfter);
            await CheckAsync(task, expected, plan, frames[i].ToString());
            injected += plan.Injected.Values.Sum();
        }
        Assert.True(injected > 0, "No fault was injected.");
        output.WriteLine($"{mode}: {injected} faults at {frames.Length} kinds of frames of preparation and what it serves.");
    }

    private static bool IsOfPreparation(string kind) => new[] { "ahead", "order", "prepared", "difference", "labels" }.Any(w => kind.Contains(w, StringComparison.Ordinal));

    private static async Task CheckAsync(TrainingTask task, double[] expected, FaultPlan plan, string what)
    {
        var folder = Directory.CreateTempSubdirectory("coterie-soak-");
        try
        {
            await using var network = new MemorySoakNetwork();
            var run = new SoakRun(task, network, plan, folder.FullName) { Prepares = true };
            using var bound = new CancellationTokenSource(Hang);
            double[] model;
            try
            {
                model = Numbers((await run.RunAsync(bound.Token)).Parameters);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{what}: {(bound.IsCancellationRequested ? "hangs" : "fails")} after {run.Lives} lives.", error);
            }
            Assert.Equal(task.Plan.Stop!.Rounds, run.Prepared?.Rounds);
            Assert.InRange(Runs.RelativeError(expected, model), 0, 1e-4);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double[] Numbers(Blocks<Core.Numerics.Matrix> blocks) => [.. blocks.Values.SelectMany(v => v.ToArray())];
}
