using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Training;
using Coterie.Learning.Preprocessing;
using Coterie.Privacy;
using Coterie.Privacy.Sums;
using Coterie.Testing;

namespace Coterie.Conformance.Learners;

/// <summary>Runs on tables with the references' protocol: row i is a test row when i mod 5 = 0, five participants, round-robin.</summary>
internal static class Runs
{
    public static ModeOptions Federated { get; } = new(ModeCatalogue.Federated);

    public static ModeOptions Secure { get; } = new(ModeCatalogue.SecureAggregation);

    public static ModeOptions SharedKey { get; } = new(ModeCatalogue.SharedKey);

    public static ModeOptions SeparateKeys { get; } = new(ModeCatalogue.SeparateKeys) { InsecureKeyBits = InsecureKeyBits };

    public static ModeOptions EncryptedModel { get; } = new(ModeCatalogue.EncryptedModel) { InsecureKeyBits = InsecureKeyBits };

    public static ModeOptions SeparatelyOwned { get; } = EncryptedModel with { ModelOwner = new PartyId("buyer") };

    /// <summary>Bits of Paillier keys in suites in which nothing depends on their size.</summary>
    public const int InsecureKeyBits = 512;

    /// <summary>Every mode of the catalogue, in every topology it has.</summary>
    public static ImmutableArray<ModeOptions> Modes { get; } =
        [.. ModeCatalogue.All.SelectMany(m => m.HasTopology ? Enum.GetValues<Topology>() : [Topology.Star], (m, topology) => new ModeOptions(m.Name) { Topology = topology, InsecureKeyBits = InsecureKeyBits })];

    public static TheoryData<string> ModeNames { get; } = [.. Modes.Select(NameOf)];

    /// <summary>Those in which closed forms are solved in clear, to all digits.</summary>
    public static TheoryData<string> ClearlySolvedModeNames { get; } = [.. Modes.Where(m => m.Mode != ModeCatalogue.EncryptedData).Select(NameOf)];

    /// <summary>Those in which every learner runs that moves by a sum.</summary>
    public static TheoryData<string> SummingModeNames { get; } = [.. Modes.Where(m => ModeCatalogue.Find(m.Mode)!.Tier == 'A').Select(NameOf)];

    public static ModeOptions ModeOf(string name) => Modes.Single(m => NameOf(m) == name);

    public static (Shard Train, Shard Test) Split(Table table, bool withTarget = true) =>
        (table.Where(i => i % 5 != 0).ToShard(withTarget), table.Where(i => i % 5 == 0).ToShard(withTarget));

    public static Schema SchemaOf(Table table, bool withTarget = true) => new(
        [.. table.Names.Take(table.Names.Length - (withTarget ? 1 : 0)).Select(n => new Column(n))], withTarget ? new Column(table.Names[^1]) : null);

    public static TrainingTask Task(Schema schema, Shard train, ILearner learner, ModeOptions mode, int participants = 5, bool standardize = true, ulong seed = 0) => new()
    {
        Plan = new TrainingPlan(standardize ? [new Standardize()] : [], learner, learner.DefaultStop, seed),
        Mode = mode,
        Schema = schema,
        Participants = [.. Table.Deal(train, participants).Select((s, i) => new ParticipantShard(new PartyId($"participant-{i}"), s))],
    };

    /// <summary>Largest difference over the largest expected magnitude.</summary>
    public static double RelativeError(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        return expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / expected.Max(Math.Abs);
    }

    public static string NameOf(ModeOptions mode) => mode.Topology == Topology.Ring ? $"{mode.Mode} on a ring" : mode.Mode;
}
