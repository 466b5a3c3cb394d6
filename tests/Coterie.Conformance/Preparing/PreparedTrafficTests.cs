using Coterie.Core.Parties;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Privacy.Traffic;

namespace Coterie.Conformance.Preparing;

/// <summary>The plan says what preparing sends, and what a prepared run does, to the byte.</summary>
public sealed class PreparedTrafficTests
{
    // Ten rows to each of three participants: who has as many rows sends as many bytes.
    [Theory]
    [InlineData("logistic-regression, solver: bound", "secret-sharing")]
    [InlineData("linear-svm, solver: subgradient", "encrypted-model, key-bits: 2048")]
    [InlineData("logistic-regression, solver: bound", "encrypted-data")]
    public async Task PreparedOver_Rounds_EqualsWhatIsSentToTheByte(string learner, string mode)
    {
        var folder = Directory.CreateTempSubdirectory("coterie-traffic-");
        try
        {
            var task = PreparedTask.Prepare(TaskFile.Load(await WriteAsync(folder.FullName, learner, mode)), 1);
            var plan = await RunPlan.OfAsync(task, CancellationToken.None);
            var rounds = plan.Learner.MaximumRounds;
            var plain = new PreparedBench(task.ToTrainingTask());
            await plain.TrainAsync();
            var unprepared = Sent(plain, IsOfRound);
            var bench = new PreparedBench(task.ToTrainingTask());
            Assert.Equal(rounds, (await bench.PrepareAsync()).Rounds);
            // What an order says besides the number of rounds is part of it.
            var order = bench.Sent.Where(e => e.Step.Path.EndsWith("/order", StringComparison.Ordinal)).Sum(e => e.Payload.Length - 4L);
            Assert.Equal(Bytes(plan.Learner.AheadOver(rounds)!.Value), Bytes(Sent(bench, path => path.Contains("/ahead/", StringComparison.Ordinal)) + new TrafficEstimate(0, order)));
            await bench.TrainAsync();
            var (whole, then) = (plan.Learner.Over(rounds), plan.Learner.Over(rounds, isPrepared: true));
            Assert.Equal(Difference(Bytes(whole), Bytes(then)), Difference(Bytes(unprepared), Bytes(Sent(bench, IsOfRound))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (long, long, long) Bytes(TrafficEstimate traffic) => (traffic.EachParticipant, traffic.Coordinator, traffic.Helper);

    private static (long, long, long) Difference((long, long, long) more, (long, long, long) less) => (more.Item1 - less.Item1, more.Item2 - less.Item2, more.Item3 - less.Item3);

    private static bool IsOfRound(string path) => path.Contains("/shares/", StringComparison.Ordinal);

    private static TrafficEstimate Sent(PreparedBench bench, Func<string, bool> which)
    {
        Envelope[] sent = [.. bench.Sent.Where(e => which(e.Step.Path))];
        long By(Func<PartyId, bool> party) => sent.Where(e => party(e.From)).Sum(e => (long)e.Payload.Length);
        var participants = bench.Roster.Participants;
        return new(By(participants.Contains) / participants.Length, By(p => p == FederatedTraining.Coordinator)) { Helper = By(p => p == bench.Roster.Helper) };
    }

    private static async Task<string> WriteAsync(string folder, string learner, string mode)
    {
        string[] rows = ["a,b,y", .. Enumerable.Range(0, 30).Select(i => FormattableString.Invariant($"{((i * 7) % 13) - 6},{(((i * 5) % 11) - 5) / 2.0},{(i * 3 % 7 > 3 ? "yes" : "no")}"))];
        await File.WriteAllLinesAsync(Path.Combine(folder, "rows.csv"), rows);
        var file = Path.Combine(folder, "task.yaml");
        await File.WriteAllTextAsync(file, $$"""
            task: shares
            data: { file: rows.csv, participants: { count: 3, by: round-robin } }
            preprocessing: [ standardize ]
            learner: { name: {{learner}} }
            privacy: { mode: {{mode}} }
            stop: { rounds: 2 }
            """);
        return file;
    }
}
