using System.Collections.Immutable;

namespace Coterie.Learning.External;

/// <summary>A participant's own program could not be started, ended, kept silent, or gave what was not asked for.</summary>
/// <param name="program">The command as its owner gave it.</param>
/// <param name="message">What happened and what was expected; names program and round.</param>
/// <param name="inner">What it comes from.</param>
public sealed class ExternalProgramException(string program, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The command as its owner gave it.</summary>
    public string Program { get; } = program;

    /// <summary>0-based round of the learner; null outside of rounds.</summary>
    public int? Round { get; init; }

    /// <summary>The last lines that it wrote to standard error, for its owner's eyes only: they may quote rows.</summary>
    public ImmutableArray<string> LastLines { get; init; } = [];
}
