namespace Coterie.Federation.Models;

/// <summary>A model file cannot be used: says which file, where in it, and what would be accepted.</summary>
public sealed class ModelFileException(string file, string field, string message, Exception? inner = null)
    : Exception(field.Length == 0 ? $"{file}: {message}" : $"{file}: '{field}': {message}", inner)
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The field, as a path; empty for the file as a whole.</summary>
    public string Field { get; } = field;
}
