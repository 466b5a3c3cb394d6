using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;

namespace Coterie.Benchmarks.SecureSums;

/// <summary>What hiding contributions costs beside adding them in clear.</summary>
internal static class SecureAggregationBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "secure-aggregation";

    private const string Method = """
        One sum per row, every party in this process, over the in-process network. Each party runs under a task scheduler of its own that reads the
        executing thread's processor clock before and after every piece of work, so that a party is charged with what it computes, sends and receives
        and with nothing else: `participant` is the mean over those that stayed, `coordinator` the one there is, `other` what the process spent beyond
        all parties (timers, thread pool, compiler). All are processor time; `wall` is the time of the whole, all parties sharing this machine's cores.
        Drop-outs share their keys and leave before the masked input. Bytes are payloads of a participant that stayed; `of plain` relates those it
        sent to 8 bytes a value. A sum on a sparse graph includes the agreement on the graph's seed, which a run makes once. Identity keys are parsed once
        per process, so that here all parties share that work; on a machine of its own each would spend about 0.1 ms a participant more, once in a run.
        `federated` is the plain row: the same values added in clear. After a warm-up, medians of 5 sums of up to 10 participants, of 3 up to 100,
        one sum beyond.
        """;

    private static readonly (int Participants, int Length)[] Sizes = [(10, 1_000_000), (100, 100_000), (1_000, 10_000)];

    /// <summary>Every size, in clear, with all participants and with a tenth dropping out.</summary>
    public static Task<Report> RunAsync() => RunAsync([.. Sizes.SelectMany(s => Cases(s.Participants, s.Length, 0, 0.1))]);

    /// <summary>The same without the longest: a thousand participants of which none drops out.</summary>
    public static Task<Report> RunShortAsync() => RunAsync([.. Sizes.SelectMany(s => s.Participants < 1_000 ? Cases(s.Participants, s.Length, 0, 0.1) : Cases(s.Participants, s.Length, 0.1))]);

    /// <summary>One size beside its plain row.</summary>
    public static Task<Report> RunAsync(int participants, int length, double dropOuts) => RunAsync([.. Cases(participants, length, dropOuts)]);

    private static IEnumerable<SumCase> Cases(int participants, int length, params double[] dropOuts) =>
        dropOuts.Select(d => new SumCase(participants, length, d, IsSecure: true)).Prepend(new SumCase(participants, length, 0, IsSecure: false));

    private static async Task<Report> RunAsync(IReadOnlyList<SumCase> cases)
    {
        var report = new Report(Name, "Secure aggregation beside plain addition", Method);
        await WarmUpAsync();
        var table = new MarkdownTable("sum", "participants", "values", "drop-outs", "participant", "coordinator", "other", "wall", "bytes sent", "of plain", "bytes received");
        var figures = new Dictionary<SumCase, SumFigures>();
        foreach (var sum in cases)
        {
            var f = figures[sum] = await MedianAsync(sum);
            table.Add(
                sum.IsSecure ? "secure-aggregation" : "federated", Figures.Count(sum.Participants), Figures.Count(sum.Length), Figures.Percent(sum.DropOuts),
                Figures.Seconds(f.ParticipantCpu), Figures.Seconds(f.CoordinatorCpu), Figures.Seconds(f.OtherCpu), Figures.Seconds(f.Wall),
                Figures.Count(f.Sent), Figures.Ratio(f.Sent / (8.0 * sum.Length)), Figures.Count(f.Received));
        }
        report.Add(table);
        AddTargets(report, figures);
        return report;
    }

    private static void AddTargets(Report report, Dictionary<SumCase, SumFigures> figures)
    {
        if (figures.TryGetValue(new SumCase(1_000, 10_000, 0.1, IsSecure: true), out var many))
            report.Target("the coordinator of 1,000 participants and 10,000 values with 10 % drop-outs", many.CoordinatorCpu, 15, " s");
        if (figures.TryGetValue(new SumCase(10, 1_000_000, 0, IsSecure: true), out var wide))
            report.Target("bytes sent at 1,000,000 values", wide.Sent / 8e6, 1.15, "x");
    }

    /// <summary>Small sums on a complete and on a sparse graph, often enough for the compiler's last tier.</summary>
    private static async Task WarmUpAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            await SumRunner.RunAsync(new SumCase(10, 20_000, 0.1, true));
            await SumRunner.RunAsync(new SumCase(48, 2_000, 0.1, true));
            await SumRunner.RunAsync(new SumCase(10, 20_000, 0, false));
            await Task.Delay(TimeSpan.FromMilliseconds(150));
        }
    }

    private static async Task<SumFigures> MedianAsync(SumCase sum)
    {
        var runs = new List<SumFigures>();
        for (var i = 0; i < (sum.Participants switch { <= 10 => 5, <= 100 => 3, _ => 1 }); i++) runs.Add(await SumRunner.RunAsync(sum));
        double Of(Func<SumFigures, double> figure) => Stopwatches.Median([.. runs.Select(figure)]);
        return new SumFigures(Of(r => r.ParticipantCpu), Of(r => r.CoordinatorCpu), Of(r => r.OtherCpu), Of(r => r.Wall), Of(r => r.Sent), Of(r => r.Received));
    }
}
