using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;

namespace Coterie.Learning.External;

/// <summary>The catalogue entry of learners that are programs of the participants'.</summary>
internal static class ExternalLearners
{
    /// <summary>4 Mi entries: 32 MiB of doubles, about 100 MB in a program's answer.</summary>
    public const int MaximumEntries = 1 << 22;

    private const int MaximumBlocks = 256, MaximumNameLength = 64;

    /// <summary>Keys beside the blocks in a model file, and blocks beside them in a contribution.</summary>
    private static readonly ImmutableHashSet<string> Taken = ["format", "task", "learner", "schema", "preprocessing", "card", ExternalLearner.Share, ExternalLearner.Loss];

    public static CatalogueEntry<ILearner> Entry { get; } = new(
        "external", "A program of each participant's own trains on its rows; the models are averaged.",
        [
            new("blocks", ParameterKind.NumberMap, null, "The model: how many numbers each named block holds.") { IsRequired = true },
            new("bound", ParameterKind.Number, null, "No number of a block exceeds it in absolute value; a program that gives a larger one is refused.") { IsRequired = true, Minimum = 0, IsMinimumExclusive = true, Maximum = 1e12 },
            new("task", ParameterKind.Choice, "regression", "What is predicted: a number, the probability of the second of two classes, or one per class.") { Choices = ["regression", "binary", "multiclass"] },
            new("command", ParameterKind.Names, null, "The program and its arguments, one word each, in runs on this machine; a deployed participant never runs it.") { IsLocal = true },
            new("program", ParameterKind.Word, null, "The name under which deployed participants allow their program; the task's own name when absent."),
            new("time-out", ParameterKind.Number, 60.0, "Seconds that a program may take for an answer.") { Minimum = 0.1, Maximum = 86400 },
            new("loss-bound", ParameterKind.Number, null, "The largest loss per row, in absolute value; programs then report their loss in every round, which is averaged too.") { Minimum = 0, IsMinimumExclusive = true, Maximum = 1e12 },
        ],
        Build)
    {
        Details = "In each of at most 20 rounds (unless the task says otherwise) every participant's program gets the model and gives back the model that it trained on its own rows; the mean, weighted by rows, is the next model. "
            + "Programs are in any language and talk over standard input and output. They run as their owners: a deployed participant runs only what its own config allows.",
        Example = ImmutableSortedDictionary.CreateRange<string, object?>(StringComparer.Ordinal,
        [
            new("blocks", ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [new("coefficients", 10.0), new KeyValuePair<string, double>("intercept", 1.0)])),
            new("bound", 100.0),
            new("command", ImmutableArray.Create("python3", "train.py")),
        ]),
    };

    private static ExternalLearner Build(ParameterValues values) => new(BlocksOf(values), values.Number("bound"), TaskOf(values))
    {
        Program = ProgramOf(values),
        Command = CommandOf(values),
        TimeOut = TimeSpan.FromSeconds(values.Number("time-out")),
        LossBound = values.OptionalNumber("loss-bound"),
    };

    private static LearningTask TaskOf(ParameterValues values) => values.Choice("task") switch
    {
        "binary" => LearningTask.BinaryClassification,
        "multiclass" => LearningTask.MulticlassClassification,
        _ => LearningTask.Regression,
    };

    private static ImmutableSortedDictionary<string, int> BlocksOf(ParameterValues values)
    {
        var given = values.NumberMap("blocks");
        if (given.Count is 0 or > MaximumBlocks) throw Refused("blocks", $"names {given.Count} blocks; 1 to {MaximumBlocks} are accepted.");
        foreach (var (name, size) in given)
        {
            if (!IsName(name) || Taken.Contains(name))
                throw Refused("blocks", $"a block is called '{name}'; a letter, then letters, digits, '_', '-' and '.', {MaximumNameLength} at most, are accepted, and none of {string.Join(", ", Taken.Order(StringComparer.Ordinal))}.");
            if (!double.IsInteger(size) || size is < 1 or > MaximumEntries)
                throw Refused("blocks", string.Create(CultureInfo.InvariantCulture, $"'{name}' holds {size:R} numbers; a whole number from 1 to {MaximumEntries} is accepted."));
        }
        if (given.Values.Sum() > MaximumEntries) throw Refused("blocks", string.Create(CultureInfo.InvariantCulture, $"all of them hold {given.Values.Sum():R} numbers; at most {MaximumEntries} are accepted."));
        return given.ToImmutableSortedDictionary(b => b.Key, b => (int)b.Value, StringComparer.Ordinal);
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaximumNameLength && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static string? ProgramOf(ParameterValues values) => values.OptionalChoice("program") switch
    {
        null => null,
        var name when IsName(name) => name,
        var other => throw Refused("program", $"'{other}' is no name; a letter, then letters, digits, '_', '-' and '.', {MaximumNameLength} at most, are accepted."),
    };

    private static ImmutableArray<string> CommandOf(ParameterValues values)
    {
        var command = values.Names("command");
        return command.All(word => !word.Contains('\0', StringComparison.Ordinal)) && command is [] or [{ Length: > 0 }, ..]
            ? command : throw Refused("command", "begins with no word; the program and then its arguments are accepted.");
    }

    private static ParameterException Refused(string parameter, string message) => new(parameter, $"external: {message}");
}
