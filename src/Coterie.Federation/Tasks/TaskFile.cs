using System.Collections.Immutable;

namespace Coterie.Federation.Tasks;

/// <summary>
/// A task file: data, learner, mode and when to stop. Immutable and checked for form; names of learners, modes and columns,
/// and parameters, are checked by those who know them, with <see cref="Error"/> for the place.
/// </summary>
public sealed record TaskFile
{
    /// <summary>Longest task file accepted.</summary>
    public const int MaximumBytes = 1 << 20;

    /// <summary>Path of the task file as it was given; relative paths in it start from its folder.</summary>
    public required string File { get; init; }

    /// <summary>The task's name: letters, digits, '-', '_' and '.', at most 100; also names its folder of results.</summary>
    public required string Name { get; init; }

    /// <summary>The rows and columns.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>Preprocessors, in order.</summary>
    public ImmutableArray<NamedParameters> Preprocessing { get; init; } = [];

    /// <summary>The learner.</summary>
    public required NamedParameters Learner { get; init; }

    /// <summary>The mode.</summary>
    public required PrivacySettings Privacy { get; init; }

    /// <summary>Which part of the participants a round of the learner takes.</summary>
    public double SampleFraction { get; init; } = 1;

    /// <summary>When to stop.</summary>
    public StopSettings Stop { get; init; } = new();

    /// <summary>1-based line of every field present, by its path.</summary>
    public ImmutableSortedDictionary<string, int> Lines { get; init; } = ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>Reads and checks a task file.</summary>
    /// <exception cref="TaskFileException">The file is absent, too long, no YAML, or a field is not as it should be.</exception>
    public static TaskFile Load(string path) => TaskFileParser.Load(path);

    /// <summary>Checks a task file's text; <paramref name="path"/> names it in messages and anchors relative paths.</summary>
    /// <exception cref="TaskFileException">The text is no YAML, or a field is not as it should be.</exception>
    public static TaskFile Parse(string text, string path) => TaskFileParser.Parse(text, path);

    /// <summary>An error at <paramref name="field"/>, or at the nearest field around it that is present.</summary>
    public TaskFileException Error(string field, string message, Exception? inner = null)
    {
        ArgumentNullException.ThrowIfNull(field);
        return new TaskFileException(File, LineOf(field), field, message, inner);
    }

    /// <summary>1-based line of <paramref name="field"/>, or of the nearest field around it that is present; else 1.</summary>
    public int LineOf(string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        for (var path = field; path.Length > 0;)
        {
            if (Lines.TryGetValue(path, out var line)) return line;
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }
        return 1;
    }
}
