using System.CommandLine;
using System.Globalization;
using Coterie.Cli.Bench;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Cryptography.Paillier;
using Spectre.Console;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie bench crypto</c>: the encryption engine's rates here.</summary>
internal static class BenchCrypto
{
    private static readonly Option<int?> Bits = new("--bits") { Description = "Measure keys of this size only: 2048 or 3072.", HelpName = "N" };

    private static readonly Option<int> Threads = new("--threads") { Description = "Threads that share a batch.", HelpName = "N", DefaultValueFactory = _ => 1 };

    private static readonly Option<double> Seconds = new("--seconds") { Description = "Time for each operation.", HelpName = "S", DefaultValueFactory = _ => 0.5 };

    /// <summary>Key sizes, and the strength of a modulus of that size in bits (NIST SP 800-57 part 1, table 2).</summary>
    private static readonly (int Bits, int Security)[] Sizes = [(2048, 112), (3072, 128)];

    public static Command Create()
    {
        var command = new ExampleCommand("crypto", "Measures encryption, decryption and arithmetic on ciphertexts, in operations per second.", "coterie bench crypto", "coterie bench crypto --bits 3072 --threads 2")
        {
            Bits, Threads, Seconds,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, context => Run(parsed, context, cancellationToken)));
        return command;
    }

    private static Task Run(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var (bits, threads, seconds) = (parsed.GetValue(Bits), parsed.GetValue(Threads), parsed.GetValue(Seconds));
        if (bits is { } asked && Sizes.All(s => s.Bits != asked)) throw new UsageException($"--bits: {asked} is no key size; there are: {string.Join(", ", Sizes.Select(s => s.Bits))}.");
        if (threads is < 1 or > 1024) throw new UsageException($"--threads: {threads} is no number of threads; 1 to 1024 are.");
        if (!(seconds is > 0 and <= 3600)) throw new UsageException("--seconds: a number above 0 and up to 3600 is expected.");
        var rates = new PaillierRates(TimeProvider.System, TimeSpan.FromSeconds(seconds));
        var measured = Sizes.Where(s => bits is null || s.Bits == bits).Select(size =>
        {
            context.Status.WriteLine($"Measuring keys of {size.Bits} bits ...");
            return (size.Bits, size.Security, Rates: rates.Measure(size.Bits, threads, cancellationToken));
        }).ToArray();
        if (context.Json) WriteJson(measured, threads);
        else Write(context, measured, threads);
        return Task.CompletedTask;
    }

    private static void Write(CommandContext context, (int Bits, int Security, IReadOnlyList<PaillierRates.Rate> Rates)[] measured, int threads)
    {
        context.Out.WriteLine($"Paillier, engine {PaillierEngines.Best} (here: {string.Join(", ", PaillierEngines.Supported)}), {Format.Plural(threads, "thread")}; operations per second.");
        context.Out.WriteLine("Whatever depends on a secret reads its tables whole, unless a line says otherwise; decryption takes the same time for every key and ciphertext.");
        context.Out.WriteLine();
        string[] header = ["operation", .. measured.SelectMany(m => new[] { $"{m.Bits} bits", "tables" })];
        string[] strength = ["strength", .. measured.SelectMany(m => new[] { $"{m.Security} bits", "" })];
        var rows = measured[0].Rates.Select((rate, i) => (string[])[rate.Operation, .. measured.SelectMany(m => Cells(m.Rates[i]))]);
        Tables.Figures(context.Out, header, [strength, .. rows]);
    }

    private static string[] Cells(PaillierRates.Rate rate) =>
        [rate.PerSecond >= 100 ? Format.Count((long)rate.PerSecond) : rate.PerSecond.ToString("0.00", CultureInfo.InvariantCulture), rate.TableBytes == 0 ? "" : Format.Bytes(rate.TableBytes)];

    private static void WriteJson((int Bits, int Security, IReadOnlyList<PaillierRates.Rate> Rates)[] measured, int threads) => CommandContext.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteString("engine", PaillierEngines.Best);
        json.WriteStartArray("engines");
        foreach (var engine in PaillierEngines.Supported) json.WriteStringValue(engine);
        json.WriteEndArray();
        json.WriteNumber("threads", threads);
        json.WriteStartArray("keys");
        foreach (var (bits, security, rates) in measured)
        {
            json.WriteStartObject();
            json.WriteNumber("bits", bits);
            json.WriteNumber("security_bits", security);
            json.WriteStartArray("rates");
            foreach (var rate in rates)
            {
                json.WriteStartObject();
                json.WriteString("operation", rate.Operation);
                json.WriteNumber("per_second", Math.Round(rate.PerSecond, 3));
                json.WriteNumber("table_bytes", rate.TableBytes);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
