using System.Globalization;
using Coterie.Benchmarks;
using Coterie.Benchmarks.EncryptedModels;
using Coterie.Benchmarks.HiddenValues;
using Coterie.Benchmarks.Links;
using Coterie.Benchmarks.Networks;
using Coterie.Benchmarks.ObliviousTransfer;
using Coterie.Benchmarks.Paillier;
using Coterie.Benchmarks.Preparing;
using Coterie.Benchmarks.Reports;
using Coterie.Benchmarks.SecureSums;
using Coterie.Benchmarks.Transports;
using Coterie.Benchmarks.Trees;

const string Usage = """
    coterie benchmarks: processor time and bytes, always beside the plain row. Run whole, each writes its table into bench/results.

      secure-aggregation [--participants N --length L --dropouts F]
      separate-keys         sums under keys of participants' own; needs DOTNET_PROCESSOR_COUNT=1, so that parties' work can be told apart; a minute
      ring-product          matrix products over Z_2^64 beside plain loops
      participant           one participant's own work, step by step
      mask-generator
      shamir
      oblivious-transfer    base transfers, extension, products and triples beside their AES
      garbled-circuits      garbling and evaluating beside the block cipher alone; what functions cost
      links                 hidden values between processes, directly and over links of 20 ms and 100 Mbit/s; minutes
      relay                 the network carrier beside a bare splice of TLS connections
      paillier [--bits 2048|3072] [--quick] [--primes P Q]
                            Paillier operations per second beside GMP, which must be installed; minutes
      dense                 products of dense matrices beside OpenBLAS (package libopenblas0), where it is installed, and MathNet
      boosted-trees         a million rows beside XGBoost, which must be installed (package python3-xgboost), and what modes add; minutes
      networks              needs california_housing.csv in the folder data of COTERIE_SHARED or of ../shared; a minute
      encrypted-metric      errors of an encrypted model, party by party
      a9a                   needs a9a_train.libsvm in the folder data of COTERIE_SHARED or of ../shared
      encrypted-model [--once]
                            needs deltaml_diabetes_owners.csv there
      hidden-values [--once | --only PART]
                            learners in encrypted-data, encrypted-model and secret-sharing; needs the files musketeer_*.csv there; minutes
      prepare               rounds between two parties prepared ahead, beside the same unprepared; needs the files musketeer_*.csv there; a minute
      all                   everything but the longest sum, boosted-trees, separate-keys, paillier, links and hidden-values

    """;
const string Command = "dotnet run -c Release --project bench/Coterie.Benchmarks --";

var benchmarks = new Dictionary<string, Func<Task<Report?>>>
{
    [MaskGeneratorBenchmark.Name] = () => Task.FromResult<Report?>(MaskGeneratorBenchmark.Run()),
    [ShamirBenchmark.Name] = () => Task.FromResult<Report?>(ShamirBenchmark.Run()),
    [ObliviousTransferBenchmark.Name] = () => Task.FromResult<Report?>(ObliviousTransferBenchmark.Run()),
    [RingProductBenchmark.Name] = () => Task.FromResult<Report?>(RingProductBenchmark.Run()),
    [ParticipantWork.Name] = () => Task.FromResult<Report?>(ParticipantWork.Run()),
    [DenseBenchmark.Name] = () => Task.FromResult<Report?>(DenseBenchmark.Run()),
    [NetworksBenchmark.Name] = NetworksBenchmark.RunAsync,
    [GarbledCircuitsBenchmark.Name] = () => Task.FromResult<Report?>(GarbledCircuitsBenchmark.Run()),
    [RelayBenchmark.Name] = async () => await RelayBenchmark.RunAsync(),
    [EncryptedMetricBenchmark.Name] = async () => await EncryptedMetricBenchmark.RunAsync(),
    [A9aBenchmark.Name] = A9aBenchmark.RunAsync,
    [EncryptedModelBenchmark.Name] = () => EncryptedModelBenchmark.RunAsync(),
    [PrepareBenchmark.Name] = PrepareBenchmark.RunAsync,
    [SecureAggregationBenchmark.Name] = async () => await SecureAggregationBenchmark.RunAsync(),
};

switch (args)
{
    case [RelayBenchmark.ChildName, .. var role]:
        return await Child.RunAsync(role);

    case ["all"]:
        Directory.CreateDirectory(Places.Results);
        // The longest case is left to the subcommand: everything else takes minutes.
        benchmarks[SecureAggregationBenchmark.Name] = async () => await SecureAggregationBenchmark.RunShortAsync();
        foreach (var (name, run) in benchmarks)
            if (await run() is { } report)
            {
                var text = report.ToMarkdown($"{Command} all");
                await File.WriteAllTextAsync(Path.Combine(Places.Results, name + ".md"), text);
                Console.WriteLine(text);
            }
            else Console.WriteLine($"{name}: skipped, its data is not there.\n");
        return 0;

    case [var name] when benchmarks.TryGetValue(name, out var run):
        if (await run() is not { } found) return Fail("The data is not there; see COTERIE_SHARED.");
        var whole = found.ToMarkdown($"{Command} {name}");
        Console.WriteLine(whole);
        await File.WriteAllTextAsync(Path.Combine(Places.Results, name + ".md"), whole);
        return 0;

    case [PaillierBenchmark.Name, .. var options]:
        try
        {
            if (PaillierOptions.TryRead(options) is not { } wanted) return Fail(Usage);
            var paillier = PaillierBenchmark.Run(wanted).ToMarkdown($"{Command} {string.Join(' ', args)}");
            Console.WriteLine(paillier);
            if (options.Length == 0) await File.WriteAllTextAsync(Path.Combine(Places.Results, PaillierBenchmark.Name + ".md"), paillier);
        }
        catch (Exception unusable) when (unusable is DllNotFoundException or FormatException)
        {
            return Fail(unusable.Message);   // no GMP, or primes that are none of a key
        }
        return 0;

    case [EncryptedModelBenchmark.Name, "--once"]:
        if (await EncryptedModelBenchmark.RunAsync(repeats: 1) is not { } once) return Fail("The data is not there; see COTERIE_SHARED.");
        Console.WriteLine(once.ToMarkdown($"{Command} {string.Join(' ', args)}"));
        return 0;

    case [HiddenValuesBenchmark.Name, .. var options]:
        if (options is not ([] or ["--once"] or ["--only", _])) return Fail(Usage);
        if (await HiddenValuesBenchmark.RunAsync(options is ["--once"] ? 1 : 3, options is ["--only", var part] ? part : null) is not { } hidden) return Fail("The data is not there; see COTERIE_SHARED.");
        var cells = hidden.ToMarkdown($"{Command} {string.Join(' ', args)}");
        Console.WriteLine(cells);
        if (options.Length == 0) await File.WriteAllTextAsync(Path.Combine(Places.Results, HiddenValuesBenchmark.Name + ".md"), cells);
        return 0;

    case [BoostedTreesBenchmark.Name]:
        if (await BoostedTreesBenchmark.RunAsync() is not { } trees) return Fail("XGBoost is not there: package python3-xgboost.");
        var grown = trees.ToMarkdown($"{Command} {BoostedTreesBenchmark.Name}");
        Console.WriteLine(grown);
        await File.WriteAllTextAsync(Path.Combine(Places.Results, BoostedTreesBenchmark.Name + ".md"), grown);
        return 0;

    case [LinksBenchmark.Name]:
        var links = (await LinksBenchmark.RunAsync()).ToMarkdown($"{Command} {LinksBenchmark.Name}");
        Console.WriteLine(links);
        await File.WriteAllTextAsync(Path.Combine(Places.Results, LinksBenchmark.Name + ".md"), links);
        return 0;

    case [SeparateKeysBenchmark.Name]:
        if (Environment.ProcessorCount != 1) return Fail($"Run it with {SeparateKeysBenchmark.Setting}: on several threads parties' work cannot be told apart.");
        var keys = (await SeparateKeysBenchmark.RunAsync()).ToMarkdown($"{SeparateKeysBenchmark.Setting} {Command} {SeparateKeysBenchmark.Name}");
        Console.WriteLine(keys);
        await File.WriteAllTextAsync(Path.Combine(Places.Results, SeparateKeysBenchmark.Name + ".md"), keys);
        return 0;

    case [SecureAggregationBenchmark.Name, .. var options]:
        if (!TryReadOptions(options, out var participants, out var length, out var dropOuts)) return Fail(Usage);
        var custom = await SecureAggregationBenchmark.RunAsync(participants, length, dropOuts);
        Console.WriteLine(custom.ToMarkdown($"{Command} {string.Join(' ', args)}"));
        return 0;

    default:
        return Fail(Usage);
}

static bool TryReadOptions(string[] options, out int participants, out int length, out double dropOuts)
{
    (participants, length, dropOuts) = (10, 1_000_000, 0);
    for (var i = 0; i < options.Length; i += 2)
    {
        var text = i + 1 < options.Length ? options[i + 1] : "";
        var read = options[i] switch
        {
            "--participants" => int.TryParse(text, CultureInfo.InvariantCulture, out participants) && participants >= 3,
            "--length" => int.TryParse(text, CultureInfo.InvariantCulture, out length) && length >= 1,
            "--dropouts" => double.TryParse(text, CultureInfo.InvariantCulture, out dropOuts) && dropOuts is >= 0 and < 1,
            _ => false,
        };
        if (!read) return false;
    }
    return true;
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
