using System.Globalization;

namespace Coterie.Federation.Data;

/// <summary>A data file cannot be read as it is: names the file, the line and the column, and what would be accepted.</summary>
public sealed class DataFileException : Exception
{
    /// <summary>Describes a defect of a data file.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="line">1-based line, where one is to blame.</param>
    /// <param name="column">Name of the column, where one is to blame.</param>
    /// <param name="problem">What is wrong and what would be accepted, as a sentence.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public DataFileException(string file, int? line, string? column, string problem, Exception? inner = null)
        : base(Format(file, line, column, problem), inner)
    {
        File = file;
        Line = line;
        Column = column;
        Problem = problem;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>1-based line of the file; null where no single line is to blame.</summary>
    public int? Line { get; }

    /// <summary>Name of the column; null where no single column is to blame.</summary>
    public string? Column { get; }

    /// <summary>The message without its place.</summary>
    public string Problem { get; }

    private static string Format(string file, int? line, string? column, string problem) =>
        file + (line is { } number ? ":" + number.ToString(CultureInfo.InvariantCulture) : "")
        + (column is null ? ": " : $": column '{column}': ") + problem;
}
