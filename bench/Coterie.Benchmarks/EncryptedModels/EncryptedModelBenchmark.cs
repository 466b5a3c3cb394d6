using System.Collections.Immutable;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Privacy;

namespace Coterie.Benchmarks.EncryptedModels;

/// <summary>DeltaML's published experiment, whole: a buyer, a coordinator and four owners train an encrypted model, a fifth owner's rows test it.</summary>
internal static class EncryptedModelBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "encrypted-model";

    private const int Repeats = 5;
    private const int Rounds = 100;
    private const double StepLength = 1.5;
    private const double PublishedError = 3311.8456;

    private const string Method = """
        DeltaML's experiment: the diabetes rows of owners 0, 2, 3 and 4 (50 each, 10 scaled features and an intercept), linear regression from zero by 100
        steps of length 1.5, owner 1's rows for the error. Everything from rows in memory to the model, all parties in this process on one core, every message
        serialised: agreement on roster and schema, the encrypted model to four owners in every round, their contributions under fresh randomness that
        the key's owner cannot take apart, the coordinator's steps on ciphertexts, rescaling with verified openings. Key generation is counted apart,
        for its length is luck. Tables are read whole, in the rows called `open` only where they are needed, which tells secrets to who shares the caches. Medians of 5, the kinds taking turns. `in clear` trains the same among the same parties in the mode federated.
        `coordinator owns` is the layout in which the coordinator has the key and sees the sum.
        """;

    /// <summary>Null when the data is not there.</summary>
    /// <param name="repeats">Runs of each kind.</param>
    public static async Task<Report?> RunAsync(int repeats = Repeats)
    {
        var file = Path.Combine(Places.Shared, "data", "deltaml_diabetes_owners.csv");
        if (!File.Exists(file)) return null;
        var data = Owners.Read(file);
        Kind[] kinds =
        [
            new("in clear", new ModeOptions(ModeCatalogue.Federated)),
            new("buyer owns, 2048 bits", Separate(2048)),
            new("buyer owns, 3072 bits", Separate(3072)),
            new("buyer owns, 2048 bits, open", Separate(2048) with { ReadsTablesByIndex = true }),
            new("buyer owns, 3072 bits, open", Separate(3072) with { ReadsTablesByIndex = true }),
            new("coordinator owns, 2048 bits", new ModeOptions(ModeCatalogue.EncryptedModel) { KeyBits = 2048 }),
            new("coordinator owns, 3072 bits", new ModeOptions(ModeCatalogue.EncryptedModel) { KeyBits = 3072 }),
        ];
        using var core = OneCore.TryEnter();
        foreach (var kind in kinds) await kind.MeasureAsync(data);
        foreach (var kind in kinds) kind.Forget();
        // In the middle of the measurements, on the same core.
        Dictionary<int, double?> speeds = [];
        for (var i = 0; i < repeats; i++)
        {
            if (i == repeats / 2) speeds = new() { [2048] = MachineSpeed.Rate(2048), [3072] = MachineSpeed.Rate(3072) };
            foreach (var kind in kinds) await kind.MeasureAsync(data);
        }

        var report = new Report(Name, "Training an encrypted model: DeltaML's experiment", Method);
        var table = new MarkdownTable("training", "processor time", "wall", "key generation", "bytes sent by all", "error", "against the published");
        foreach (var kind in kinds)
            table.Add(
                kind.Name, Figures.Seconds(kind.Cpu), Figures.Seconds(kind.Wall), kind.HasKey ? Figures.Seconds(kind.Generation) : "-", Figures.Count(kind.Bytes),
                kind.Error.ToString("0.0000"), (kind.Error - PublishedError).ToString("+0.0000;-0.0000"));
        report.Add(table);
        report.Target("the buyer's model at 2048 bits, processor time,", kinds[1].Cpu, 2, " s");
        report.Target("the buyer's model at 3072 bits, processor time,", kinds[2].Cpu, 5.5, " s");
        foreach (var (bits, kind, seconds) in new[] { (2048, kinds[1], 2.0), (3072, kinds[2], 5.5) })
        {
            if (speeds[bits] is not { } speed) continue;
            var share = speed / MachineSpeed.ReferenceRate(bits);
            report.Add($"Seconds drift with the machine. The targets were set where GMP takes {Figures.Count((long)MachineSpeed.ReferenceRate(bits))} products modulo a number of {2 * bits} bits in a second; in this run it took {Figures.Count((long)speed)}, {share:0.00} of that.");
            report.Target($"the same at {bits} bits, in seconds of that machine,", kind.Cpu * share, seconds, " s");
        }
        report.Target("distance from the published error, largest of all,", kinds.Max(k => Math.Abs(k.Error - PublishedError)), 0.5, "");
        return report;
    }

    private static ModeOptions Separate(int bits) => new(ModeCatalogue.EncryptedModel) { KeyBits = bits, ModelOwner = new PartyId("buyer") };

    /// <summary>The rows that train, by owner, and those that test.</summary>
    private sealed record Owners(Schema Schema, ImmutableArray<ParticipantShard> Training, Shard Test)
    {
        public static Owners Read(string file)
        {
            var table = DataFile.Read(file);
            var schema = SchemaInference.Infer([table], new SchemaRequest(LearningTask.Regression) { Exclude = ["owner"] });
            Shard Of(int owner) => ShardReader.Read(table, schema, [.. Enumerable.Range(0, table.Rows).Where(i => table.Find("owner")!.Text(i) == owner.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
            return new Owners(schema, [.. new[] { 0, 2, 3, 4 }.Select(o => new ParticipantShard(new PartyId($"owner-{o}"), Of(o)))], Of(1));
        }
    }

    private sealed class Kind(string name, ModeOptions mode)
    {
        private static readonly TrainingPlan Plan = new([], new RidgeDescent(0, StepLength), new StopRule(Rounds, null), Seed: 0);

        private readonly List<(double Cpu, double Wall, double Generation)> _runs = [];

        public string Name => name;

        public bool HasKey => mode.KeyBits is not null;

        public double Cpu => Stopwatches.Median([.. _runs.Select(r => r.Cpu)]);

        public double Wall => Stopwatches.Median([.. _runs.Select(r => r.Wall)]);

        public double Generation => Stopwatches.Median([.. _runs.Select(r => r.Generation)]);

        public long Bytes { get; private set; }

        public double Error { get; private set; }

        public void Forget() => _runs.Clear();

        public async Task MeasureAsync(Owners data)
        {
            TrainingOutcome? outcome = null;
            var elapsed = await Stopwatches.ProcessAsync(async () => outcome = await FederatedTraining.RunAsync(new TrainingTask { Plan = Plan, Mode = mode, Schema = data.Schema, Participants = data.Training }));
            var generation = outcome!.Times.Values.Sum(t => t.Spent(Activity.Computing, step => step == "run/model-key").TotalSeconds);
            _runs.Add((elapsed.Cpu.TotalSeconds - generation, elapsed.Wall.TotalSeconds - generation, generation));
            Console.Error.WriteLine($"{name}: {_runs[^1].Cpu:0.00} s, and {generation:0.00} s for the key");
            Bytes = outcome.Roster.Parties.Sum(p => outcome.Traffic.SentBy(p.Id));
            Error = ModelEvaluation.Evaluate(outcome.Model, data.Test).Metrics["mse"];
        }
    }
}
