using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Runs.Planning;
using Coterie.Privacy;

namespace Coterie.Conformance.Attacks.Recording;

/// <summary>What docs/modes.md says that each party is opened, for the rounds and contributions that a plan foresees.</summary>
internal static class Declarations
{
    private const string Size = "a number of rows", Told = "what is broadcast", Stop = "whether it goes on, and a length", Final = "the final model", Shortened = "a blinded model";

    /// <summary>What a party is opened in a run, in any order.</summary>
    /// <param name="mode">The mode, or <see cref="RecordedRun.Owned"/>.</param>
    /// <param name="role">The party's part.</param>
    /// <param name="stages">The plan.</param>
    /// <param name="rows">The number of participants.</param>
    public static string[] Of(string mode, PartyRole role, ImmutableArray<PlannedStage> stages, int rows)
    {
        var all = new List<string>();
        foreach (var stage in stages)
        {
            // Ridge by Gram matrices takes one round, and depends on the rows alone: in modes that hide the model it is one masked sum.
            var isHidden = stage.IsLearner && mode is RecordedRun.Owned or ModeCatalogue.EncryptedModel or ModeCatalogue.SecretSharing or ModeCatalogue.EncryptedData && stage.IsLearner && stage.MaximumRounds > 1;
            all.AddRange(isHidden ? Hidden(mode, role, stage, rows) : Summed(mode, role, stage, rows));
        }
        return [.. all.Order(StringComparer.Ordinal)];
    }

    /// <summary>What was opened, in the same words.</summary>
    public static string[] Of(IEnumerable<Opening> openings) => [.. openings.Select(WordsOf).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Summed(string mode, PartyRole role, PlannedStage stage, int count)
    {
        int[] entries = [.. stage.Rounds.SelectMany(r => Enumerable.Repeat(r.Entries, r.Count))];
        var sums = entries.Select(e => Sum(e, count));
        var isOpenedToParticipants = mode is ModeCatalogue.SharedKey or ModeCatalogue.SeparateKeys;
        return role switch
        {
            PartyRole.Coordinator when isOpenedToParticipants => Enumerable.Repeat(Stop, entries.Length + 1),
            PartyRole.Coordinator when mode == ModeCatalogue.Federated => sums.Concat(entries.SelectMany(e => Enumerable.Repeat(Sum(e, 1), count))),
            PartyRole.Coordinator => sums,
            PartyRole.Participant when isOpenedToParticipants => sums,
            // The last model of a learner is for its owner.
            PartyRole.Participant => Enumerable.Repeat(Told, stage.IsLearner ? entries.Length - 1 : entries.Length),
            _ => stage.IsLearner ? [] : [Told],
        };
    }

    private static IEnumerable<string> Hidden(string mode, PartyRole role, PlannedStage stage, int count)
    {
        var sums = stage.Rounds.SelectMany(r => Enumerable.Repeat(Sum(r.Entries, count), r.Count));
        var sizes = Enumerable.Repeat(Size, count);
        return (mode, role) switch
        {
            (ModeCatalogue.EncryptedData, PartyRole.Coordinator) => sizes.Append(Final),
            (ModeCatalogue.EncryptedData, PartyRole.Helper) => sizes,
            (RecordedRun.Owned, PartyRole.Coordinator) => [Sum(1, count)],
            (RecordedRun.Owned, PartyRole.ModelOwner) => [Shortened, Final],
            (ModeCatalogue.SecretSharing, PartyRole.Coordinator) => sums.Concat(sizes),
            // Of linear steps a participant's rows are not counted: it computes them alone.
            (ModeCatalogue.EncryptedModel, PartyRole.Coordinator) => stage.Name == "ridge-regression" ? sums : sums.Concat(sizes),
            _ => [],
        };
    }

    private static string Sum(long entries, int over) => $"{entries} numbers over {over}";

    private static string WordsOf(Opening opening) => opening.What switch
    {
        { } what when what.StartsWith("how many rows", StringComparison.Ordinal) => Size,
        { } what when what.StartsWith("broadcast model", StringComparison.Ordinal) => Told,
        { } what when what.StartsWith("whether", StringComparison.Ordinal) => Stop,
        { } what when what.StartsWith("final model", StringComparison.Ordinal) => Final,
        { } what when what.Contains("under masks", StringComparison.Ordinal) => Shortened,
        _ => Sum(opening.Values, opening.Contributors),
    };
}
