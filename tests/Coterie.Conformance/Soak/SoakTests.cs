using System.Globalization;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Privacy;
using Xunit.Abstractions;

namespace Coterie.Conformance.Soak;

/// <summary>
/// Whoever is killed, cut off, delayed or sent to twice, at whatever frame: every party comes to its end, and the model is that of the undisturbed run, to the bit.
/// One fault at every kind of frame first, then random ones for as long as <c>COTERIE_SOAK_SECONDS</c> says.
/// </summary>
public abstract class SoakTests(ITestOutputHelper output)
{
    /// <summary>A run has a few hundred frames and takes well below a second undisturbed; what takes this long hangs.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private static readonly int Seconds = int.Parse(Environment.GetEnvironmentVariable("COTERIE_SOAK_SECONDS") ?? "2", CultureInfo.InvariantCulture);

    /// <summary>Whether tests that take long leave nothing out: with eight seconds or more for a soak.</summary>
    internal static bool IsThorough => Seconds >= 8;

    /// <summary>Of so many kinds of frames one is tried: all of them in soaks of twenty seconds or more.</summary>
    private static int Every => Seconds >= 20 ? 1 : IsThorough ? 2 : 6;

    private const string Separately = "encrypted-model with an owner of its own";

    private const string OnShares = "encrypted-model with non-linear steps";

    public static TheoryData<string> ModeNames => [.. Runs.Modes.Select(Runs.NameOf), Separately, OnShares];

    private protected abstract ISoakNetwork CreateNetwork(string folder);

    [Theory]
    [MemberData(nameof(ModeNames))]
    public async Task RunAsync_OneFaultAtEveryKindOfFrame_GivesTheUndisturbedModel(string mode)
    {
        var task = TaskFor(mode);
        var expected = BlocksCodec.ToBytes((await FederatedTraining.RunAsync(task)).Model.Parameters);
        var watching = FaultPlan.Watching();
        await CheckAsync(task, expected, watching, "undisturbed");
        var injected = 0;
        foreach (var (frame, turn) in watching.Seen.Keys.Where(e => e.Party.Name is "coordinator" or "participant-1" or "helper").OrderBy(e => e.ToString(), StringComparer.Ordinal).Select((e, i) => (e, i)))
        {
            // Others in every mode. Base transfers make every run on shares a matter of seconds: fewer there.
            var each = Every * (mode is ModeCatalogue.SecretSharing or ModeCatalogue.EncryptedData or OnShares ? 6 : 1);
            if ((turn + mode.Length) % each != 0) continue;
            // Kills at every kind of frame; the milder faults take turns, in longer soaks.
            Fault[] faults = [turn / each % 2 == 0 ? Fault.KillBefore : Fault.KillAfter, (Fault)(3 + (turn % 3))];
            foreach (var fault in IsThorough ? faults : faults[..1])
            {
                var plan = FaultPlan.Single(frame, fault);
                await CheckAsync(task, expected, plan, $"{fault} as {frame}");
                injected += plan.Injected.Values.Sum();
            }
        }
        output.WriteLine($"{mode}: {injected} faults injected one by one at {watching.Seen.Count} kinds of frames; no hang, no other model.");
    }

    [Theory]
    [MemberData(nameof(ModeNames))]
    public async Task RunAsync_RandomFaults_GivesTheUndisturbedModel(string mode)
    {
        var task = TaskFor(mode);
        var expected = BlocksCodec.ToBytes((await FederatedTraining.RunAsync(task)).Model.Parameters);
        var start = TimeProvider.System.GetTimestamp();
        int runs = 0, faults = 0;
        var kinds = new HashSet<(Fault, string)>();
        for (ulong seed = 1; TimeProvider.System.GetElapsedTime(start).TotalSeconds < Seconds; seed++)
        {
            var plan = FaultPlan.Random(seed, probability: 0.02, limit: 25);
            await CheckAsync(task, expected, plan, $"seed {seed}");
            runs++;
            faults += plan.Injected.Values.Sum();
            kinds.UnionWith(plan.Injected.Keys);
        }
        Assert.True(faults > 0, "No fault was injected.");
        output.WriteLine($"{mode}: {faults} random faults of {kinds.Count} kinds in {runs} runs; no hang, no other model.");
    }

    private static TrainingTask TaskFor(string mode)
    {
        var options = mode switch { Separately => Runs.SeparatelyOwned, OnShares => Runs.EncryptedModel, _ => Runs.ModeOf(mode) };
        ILearner learner = mode == OnShares ? new LogisticDescent() : ModeCatalogue.Refusal(options, new LogisticRegression()) is null ? new LogisticRegression() : new RidgeDescent(1, 0.01);
        var (schema, shard) = SampleTask.For(learner.Task);
        var task = Runs.Task(schema, shard, learner, options, participants: 4, standardize: false);
        return task with { Plan = task.Plan with { Stop = new StopRule(2, null) } };
    }

    /// <summary>A rescaling under fresh masks rounds down, or up; so do circuits that drop lowest bits of shares, and every truncation on shares of rows.</summary>
    private static bool IsNear(byte[] expected, byte[] model, double tolerance)
    {
        double[] Numbers(byte[] bytes) => [.. BlocksCodec.FromBytes(bytes, FederatedTraining.Coordinator, new StepTag("model")).Values.SelectMany(v => v.ToArray())];
        return Runs.RelativeError(Numbers(expected), Numbers(model)) < tolerance;
    }

    private async Task CheckAsync(TrainingTask task, byte[] expected, FaultPlan plan, string what)
    {
        var folder = Directory.CreateTempSubdirectory("coterie-soak-");
        try
        {
            await using var network = CreateNetwork(folder.FullName);
            var run = new SoakRun(task, network, plan, folder.FullName);
            byte[] model;
            using var bound = new CancellationTokenSource(Hang);
            try
            {
                model = BlocksCodec.ToBytes((await run.RunAsync(bound.Token)).Parameters);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{what}: {(bound.IsCancellationRequested ? "hangs" : "fails")} after {plan.Injected.Values.Sum()} faults ({string.Join(", ", plan.Injected.Keys)}) and {run.Lives} lives.", error);
            }
            var isOnShares = task.Mode.Mode == ModeCatalogue.EncryptedData;
            var isExact = task.Mode.ModelOwner is null && !isOnShares && task.Plan.Learner is not LogisticDescent;
            Assert.True(isExact ? expected.AsSpan().SequenceEqual(model) : IsNear(expected, model, isOnShares ? 1e-4 : task.Mode.ModelOwner is null ? 1e-5 : 1e-9), $"{what}: another model after {string.Join(", ", plan.Injected)} and {run.Lives} lives; rounds: {string.Join("; ", run.Rounds)}.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
