namespace Coterie.Core.Parties;

/// <summary>
/// Names one step of a run as a path, for example <c>learner/3/masked</c>. Every party derives the same tag on its own,
/// so a message finds its receive without a shared counter.
/// </summary>
/// <param name="Path">The path, segments separated by '/'.</param>
public readonly record struct StepTag(string Path)
{
    /// <summary>A step within this one.</summary>
    public StepTag Then(string segment) => new($"{Path}/{segment}");

    /// <summary>A numbered step within this one.</summary>
    public StepTag Then(int index) => new($"{Path}/{index}");

    /// <summary>Whether <paramref name="path"/> is this step or a step within it.</summary>
    public bool Covers(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.StartsWith(Path, StringComparison.Ordinal) && (path.Length == Path.Length || path[Path.Length] == '/');
    }

    /// <inheritdoc/>
    public override string ToString() => Path;
}
