using System.Globalization;
using Coterie.Benchmarks.Reports;
using Coterie.EndToEnd.Links;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Federation.Tasks;

namespace Coterie.Benchmarks.Links;

/// <summary>Training between processes, directly and over slow links, beside what the plan says of it.</summary>
internal static class LinksBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "links";

    private const int Repeats = 2;
    private const int Participants = 3;
    private const int Rows = 60;
    private const int TrainingRounds = 3;

    private static readonly string Method = string.Create(CultureInfo.InvariantCulture, $"""
        Every party is a process of its own, connected over TLS on loopback: a coordinator, {Participants} participants, and a helper where the mode has one. {Rows} rows with two features, {TrainingRounds} rounds,
        preprocessing included. `directly` and `over links` are seconds of wall time from the agreed roster to the model, the smaller of {Repeats} runs.
        A link is a proxy between a party and the coordinator that delays each byte by {SlowLink.OneWay.TotalMilliseconds} ms one way, {2 * SlowLink.OneWay.TotalMilliseconds} ms there and back, and lets 100 Mbit/s through in each direction.
        `messages` are those of a participant, the coordinator and the helper, `waiting` how many of all messages wait for one another, as `coterie plan` predicts them; a run that sent another number of messages or
        bytes than predicted would end the benchmark. `ways` is `waiting` times {SlowLink.OneWay.TotalMilliseconds} ms: the least that links add. What they add beyond it is what passing bytes on at this speed takes, timers, and the
        second way between participants and a helper, which is through the coordinator. Making a Paillier key takes a second or several, by chance: where that differed by more than links add, the run over links is the shorter one. `federated` is the plain row.
        """);

    private static readonly (string Mode, string Learner)[] Cases =
    [
        ("federated", "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }"),
        ("secure-aggregation", "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }"),
        ("encrypted-model", "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }"),
        ("encrypted-model", "{ name: logistic-regression, solver: bound }"),
        ("secret-sharing", "{ name: logistic-regression, solver: bound }"),
        ("encrypted-data", "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }"),
        ("encrypted-data", "{ name: logistic-regression, solver: bound }"),
    ];

    public static async Task<Report> RunAsync()
    {
        var table = new MarkdownTable("mode and learner", "messages", "payload kB", "waiting", "ways s", "directly s", "over links s");
        var folder = Directory.CreateTempSubdirectory("coterie-bench-").FullName;
        try
        {
            foreach (var (mode, learner) in Cases) table.Add(await RowAsync(folder, mode, learner));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        var report = new Report(Name, "Hidden values over slow links", Method);
        report.Add(table);
        return report;
    }

    private static async Task<string[]> RowAsync(string folder, string mode, string learner)
    {
        var task = Prepare(folder, mode, learner);
        var plan = await RunPlan.OfAsync(task, CancellationToken.None);
        var (direct, slow) = (double.PositiveInfinity, double.PositiveInfinity);
        LinkedRun? run = null;
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            run = await LinkedRun.RunAsync(task, isSlow: false);
            direct = Math.Min(direct, Checked(plan, run).Outcome.Elapsed.TotalSeconds);
            run = await LinkedRun.RunAsync(task, isSlow: true);
            slow = Math.Min(slow, Checked(plan, run).Outcome.Elapsed.TotalSeconds);
        }
        var expected = plan.Over(run!.Outcome.Rounds);
        var bytes = run.Outcome.Roster.Parties.Sum(p => run.Outcome.Traffic.SentBy(p.Id));
        var helper = expected.Messages.Helper > 0 ? Invariant($", {expected.Messages.Helper}") : "";
        return
        [
            $"{mode}, {task.File.Learner.Name}, {(learner.Contains("bound", StringComparison.Ordinal) ? "bound" : "descent")}",
            Invariant($"{expected.Messages.EachParticipant}, {expected.Messages.Coordinator}{helper}"), Invariant($"{bytes / 1e3:N0}"), Invariant($"{expected.Delays}"),
            Invariant($"{expected.Delays * SlowLink.OneWay.TotalSeconds:F2}"), Invariant($"{direct:F2}"), Invariant($"{slow:F2}"),
        ];
    }

    /// <exception cref="InvalidOperationException">Something else was sent than the plan says.</exception>
    private static LinkedRun Checked(RunPlan plan, LinkedRun run)
    {
        var (expected, traffic, roster) = (plan.Over(run.Outcome.Rounds), run.Outcome.Traffic, run.Outcome.Roster);
        var isPlanned = traffic.MessagesSentBy(roster.Coordinator) == expected.Messages.Coordinator && traffic.SentBy(roster.Coordinator) == expected.Coordinator
            && roster.Participants.All(p => traffic.MessagesSentBy(p) == expected.Messages.EachParticipant && traffic.SentBy(p) == expected.EachParticipant);
        return isPlanned ? run : throw new InvalidOperationException("The run sent something else than its plan says.");
    }

    private static PreparedTask Prepare(string folder, string mode, string learner)
    {
        var isBinary = learner.Contains("logistic", StringComparison.Ordinal);
        var lines = Enumerable.Range(0, Rows).Select(i =>
        {
            var (a, b) = (((i * 7) % 13) - 6, (((i * 5) % 11) - 5) / 2.0);
            return isBinary ? Invariant($"{a},{b},{((2 * a) - b + (i % 5) > 2 ? 1 : 0)}") : Invariant($"{a},{b},{(2 * a) - b + ((i % 3) * 0.1)}");
        });
        File.WriteAllLines(Path.Combine(folder, "rows.csv"), lines.Prepend("a,b,y"));
        var path = Path.Combine(folder, "task.yaml");
        File.WriteAllText(path, Invariant($$"""
            task: links
            data: { file: rows.csv, participants: { count: {{Participants}}, by: round-robin } }
            stop: { rounds: {{TrainingRounds}} }
            preprocessing: [ standardize ]
            learner: {{learner}}
            privacy: { mode: {{mode}} }

            """));
        return PreparedTask.Prepare(TaskFile.Load(path), 1);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
