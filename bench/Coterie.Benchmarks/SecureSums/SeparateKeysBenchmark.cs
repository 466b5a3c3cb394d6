using Coterie.Benchmarks.Reports;
using Coterie.Privacy;

namespace Coterie.Benchmarks.SecureSums;

/// <summary>What sums cost that participants open under keys of their own, beside the modes that hide less.</summary>
internal static class SeparateKeysBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "separate-keys";

    /// <summary>What has to stand before the command: with one processor a party does all its work on the thread that it is charged for.</summary>
    public const string Setting = "DOTNET_PROCESSOR_COUNT=1";

    private const string Method = """
        Five participants and a coordinator in this process, over the in-process network, each charged with its own processor time as in
        `secure-aggregation`. `keys` is what a participant spends on the exchange of keys, once in a run, the search for its own included. `first` is its first
        sum, in which tables for encrypting under every key are made; `sum` each later one, the median of three, as are `coordinator` and `wall`, in which all
        six parties share one core. Bytes are a participant's in one sum, the coordinator's to all of them; `of plain` relates those sent to 8 bytes a value.
        `federated` is the plain row: the same values added in clear.
        """;

    private static readonly int[] Lengths = [1_000, 10_000];

    /// <summary>Every size, the plain rows first.</summary>
    public static async Task<Report> RunAsync()
    {
        var report = new Report(Name, "Sums under keys of their own beside plain addition", Method);
        await RepeatedSums.RunAsync(new ModeOptions(ModeCatalogue.SeparateKeys) { KeyBits = 2048 }, 1_000);   // for the compiler
        foreach (var length in Lengths)
        {
            var table = new MarkdownTable($"{Figures.Count(length)} values", "keys", "first", "sum", "coordinator", "wall", "bytes sent", "of plain", "bytes received", "coordinator sends");
            foreach (var mode in Modes())
            {
                var f = await RepeatedSums.RunAsync(mode, length);
                table.Add(
                    mode.KeyBits is { } bits ? $"{mode.Mode}, {bits} bits" : mode.Mode, Figures.Seconds(f.Keys), Figures.Seconds(f.First), Figures.Seconds(f.Later), Figures.Seconds(f.Coordinator), Figures.Seconds(f.Wall),
                    Figures.Count(f.Sent), Figures.Ratio(f.Sent / (8.0 * length)), Figures.Count(f.Received), Figures.Count(f.CoordinatorSent));
            }
            report.Add(table);
        }
        return report;
    }

    private static IEnumerable<ModeOptions> Modes() =>
    [
        new(ModeCatalogue.Federated), new(ModeCatalogue.SecureAggregation), new(ModeCatalogue.SharedKey),
        new(ModeCatalogue.SeparateKeys) { KeyBits = 2048 }, new(ModeCatalogue.SeparateKeys) { KeyBits = 3072 },
    ];
}
