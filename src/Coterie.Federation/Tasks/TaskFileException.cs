using System.Collections.Immutable;
using System.Globalization;

namespace Coterie.Federation.Tasks;

/// <summary>A task file cannot be used as it is: names the file, line and field of every defect found, and what would be accepted.</summary>
public sealed class TaskFileException : Exception
{
    /// <summary>Describes one defect.</summary>
    public TaskFileException(string file, int line, string field, string message, Exception? inner = null)
        : this(file, [new TaskProblem(line, field, message)], inner)
    {
    }

    /// <summary>Describes several defects, the first one first; at least one.</summary>
    public TaskFileException(string file, ImmutableArray<TaskProblem> problems, Exception? inner = null)
        : base(string.Join('\n', problems.Select(p => Format(file, p))), inner)
    {
        File = file;
        Problems = problems;
    }

    /// <summary>Path of the task file.</summary>
    public string File { get; }

    /// <summary>All defects found.</summary>
    public ImmutableArray<TaskProblem> Problems { get; }

    /// <summary>1-based line of the first defect.</summary>
    public int Line => Problems[0].Line;

    /// <summary>Path of the first defective field.</summary>
    public string Field => Problems[0].Field;

    private static string Format(string file, TaskProblem problem) =>
        $"{file}:{problem.Line.ToString(CultureInfo.InvariantCulture)}: " + (problem.Field.Length == 0 ? "" : problem.Field + ": ") + problem.Message;
}
