using System.Collections.Immutable;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Training;
using Coterie.Learning.Neural;
using Coterie.Privacy;

namespace Coterie.Benchmarks.Networks;

/// <summary>What schemes of training a network cost two participants until it is as good.</summary>
internal static class NetworksBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "networks";

    private const int Epochs = 60, LocalEpochs = 1, ShownRounds = 12;

    /// <summary>Root mean square error on the test rows, in hundred thousand dollars, that counts as reached: that of least squares is 0.73.</summary>
    private const double Wanted = 0.62;

    private const string Method = """
        House values in California, 8 standardised features, every fifth row for the test, the others with two participants: dealt in turn (`alike`), or the cheaper half to
        one and the dearer half to the other (`apart`). One hidden layer of 32, 321 parameters. RMSE on the test rows, target in hundred thousand dollars; least squares has 0.73.
        FedAvg: one pass of local Adam in batches of 32 a round. FedSGD: central Adam on one gradient a round, of batches of 64 rows in all or of every row. Rounds are those of the learner,
        the one for the target's mean included, until the averaged network is at most 0.62; passes are over all training rows. Bytes are what one participant sends
        and receives, masked contributions and keys on one side, broadcasts on the other, measured in a run of `secure-aggregation` of so many rounds (at most 40, and scaled).
        `shorter` is the entries of a contribution over those of a compressed one, `error` the length of what rounding changes over the length of what was to be sent, in the last round.
        """;

    /// <summary>Null when the data is not there.</summary>
    public static async Task<Report?> RunAsync()
    {
        var file = Path.Combine(Places.Shared, "data", "california_housing.csv");
        if (!File.Exists(file)) return null;
        var (alike, apart, test) = Read(file);
        var report = new Report(Name, "Networks: averages against gradients", Method);
        foreach (var (name, rows) in new[] { ("alike", alike), ("apart", apart) })
        {
            report.Add($"## RMSE by round, FedAvg, rows {name}");
            report.Add(Course(rows, test));
        }
        report.Add($"## Until RMSE {Wanted}");
        var table = new MarkdownTable("scheme", "rows", "compression", "rounds", "passes", "sent", "received", "shorter", "error", "best RMSE");
        foreach (var (scheme, learner) in Schemes())
            foreach (var (name, rows) in new[] { ("alike", alike), ("apart", apart) })
                foreach (var (compression, compressed) in Compressions(learner))
                {
                    Console.Error.WriteLine($"{scheme}, {name}, {compression}");
                    await AddAsync(table, (scheme, name, compression), compressed, rows, test);
                }
        report.Add(table);
        return report;
    }

    private static IEnumerable<(string, NeuralNetwork)> Schemes()
    {
        var learner = new NeuralNetwork { Hidden = [32], Epochs = Epochs, LocalEpochs = LocalEpochs };
        yield return ("FedAvg", learner);
        yield return ("FedProx, mu 0.1", learner with { Scheme = FederatedScheme.FedProx, Proximal = 0.1 });
        yield return ("FedAvg, central Adam", learner with { ServerOptimizer = ServerOptimizer.Adam });
        var gradients = learner with { Scheme = FederatedScheme.FedSgd, ServerOptimizer = ServerOptimizer.Adam };
        yield return ("FedSGD, batches", gradients with { BatchSize = 64 });
        yield return ("FedSGD, all rows", gradients with { BatchSize = 0, Epochs = 2000, LearningRate = 0.01 });
    }

    private static IEnumerable<(string, NeuralNetwork)> Compressions(NeuralNetwork learner) =>
    [
        ("none", learner),
        ("8 bits", learner with { Compression = UpdateCompression.Quantized }),
        ("4 bits", learner with { Compression = UpdateCompression.Quantized, CompressionBits = 4 }),
        ("2 bits", learner with { Compression = UpdateCompression.Quantized, CompressionBits = 2 }),
        ("4 bits, no feedback", learner with { Compression = UpdateCompression.Quantized, CompressionBits = 4, ErrorFeedback = false }),
    ];

    private static (Rows Alike, Rows Apart, Shard Test) Read(string file)
    {
        var table = DataFile.Read(file);
        var schema = SchemaInference.Infer([table], new SchemaRequest(LearningTask.Regression));
        var raw = ShardReader.Read(table, schema, [.. Enumerable.Range(0, table.Rows)]);
        int[] training = [.. Enumerable.Range(0, raw.Rows).Where(i => i % 5 != 0)];
        var all = Standardized.By(raw.SelectRows(training), raw);
        var (rows, test) = (all.SelectRows(training), all.SelectRows([.. Enumerable.Range(0, raw.Rows).Where(i => i % 5 == 0)]));
        int[] order = [.. Enumerable.Range(0, rows.Rows).OrderBy(i => rows.Targets![i, 0])];
        var facts = Standardized.Describe(schema, rows);
        return (new(facts, [.. Enumerable.Range(0, 2).Select(k => rows.SelectRows([.. Enumerable.Range(0, rows.Rows).Where(i => i % 2 == k)]))]),
            new(facts, [rows.SelectRows(order.AsSpan(0, rows.Rows / 2)), rows.SelectRows(order.AsSpan(rows.Rows / 2))]), test);
    }

    private static MarkdownTable Course(Rows rows, Shard test)
    {
        var table = new MarkdownTable("round", "first participant", "second participant", "average");
        var run = new NetworkRun(new NeuralNetwork { Hidden = [32], Epochs = Epochs, LocalEpochs = LocalEpochs }, rows, test);
        for (var index = 0; index < ShownRounds; index++)
        {
            var alone = run.Alone();
            run.Step();
            if (index > 0) table.Add([$"{index}", .. alone.Select(Figures.Ratio), Figures.Ratio(run.Error)]);
        }
        return table;
    }

    private static async Task AddAsync(MarkdownTable table, (string Scheme, string Rows, string Compression) names, NeuralNetwork learner, Rows rows, Shard test)
    {
        var run = new NetworkRun(learner, rows, test);
        var best = double.PositiveInfinity;
        while (!run.IsDone && !(best <= Wanted))
        {
            run.Step();
            best = Math.Min(best, run.Error);
        }
        var (sent, received) = await BytesAsync(learner, rows, run.Rounds);
        var isReached = best <= Wanted;
        table.Add(names.Scheme, names.Rows, names.Compression, isReached ? Figures.Count(run.Rounds) : $"not in {Figures.Count(run.Rounds)}", Figures.Three(run.Passes),
            $"{Figures.Count(sent / 1e3)} kB", $"{Figures.Count(received / 1e3)} kB", run.Shorter is { } shorter ? Figures.Three(shorter) : "-", run.RoundingError is { } error ? Figures.Ratio(error) : "-", Figures.Ratio(best));
    }

    /// <summary>What the first participant sends and receives in so many rounds.</summary>
    private static async Task<(double Sent, double Received)> BytesAsync(NeuralNetwork learner, Rows rows, int rounds)
    {
        const int Most = 40;
        async Task<(long, long)> Measure(int count)
        {
            var outcome = await FederatedTraining.RunAsync(new TrainingTask
            {
                Plan = new TrainingPlan([], learner, new StopRule(count, null), Seed: 1),
                Mode = new ModeOptions(ModeCatalogue.SecureAggregation) { AllowSmallRoster = true },
                Schema = rows.Schema,
                // Bytes do not depend on how many rows there are.
                Participants = [.. rows.Shards.Select((s, i) => new ParticipantShard(new PartyId($"p{i}"), s.SelectRows([.. Enumerable.Range(0, 64)])))],
            });
            return (outcome.Traffic.SentBy(new PartyId("p0")), outcome.Traffic.ReceivedBy(new PartyId("p0")));
        }
        var (sent, received) = await Measure(Math.Min(rounds, Most));
        if (rounds <= Most) return (sent, received);
        var (fewSent, fewReceived) = await Measure(Most / 2);
        double share = (rounds - Most) / (Most / 2.0);
        return (sent + (share * (sent - fewSent)), received + (share * (received - fewReceived)));
    }
}

/// <summary>Two participants' rows.</summary>
internal sealed record Rows(Schema Schema, ImmutableArray<Shard> Shards);
