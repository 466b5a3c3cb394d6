using System.Collections.Immutable;

namespace Coterie.Federation.External;

/// <summary>A program with its arguments, as its owner wrote them; no shell reads them.</summary>
/// <param name="Words">The program, then its arguments; not empty.</param>
/// <param name="Folder">Where it runs, and where relative paths of it start.</param>
internal sealed record ProgramCommand(ImmutableArray<string> Words, string Folder)
{
    /// <summary>The words as one line.</summary>
    public override string ToString() => string.Join(' ', Words);

    /// <summary>
    /// The file to start: a path as it is, from <see cref="Folder"/>; a bare name from PATH alone, never from the folder of this program or the current one,
    /// where somebody else's file might have that name. Null where there is none.
    /// </summary>
    public string? FindFile()
    {
        var name = Words[0];
        if (name.AsSpan().ContainsAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar)) return Existing(Path.GetFullPath(name, Path.GetFullPath(Folder)));
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified).Select(folder => Existing(Path.Combine(folder, name))).FirstOrDefault(found => found is not null);
    }

    private static string? Existing(string path)
    {
        if (OperatingSystem.IsWindows()) return File.Exists(path) ? path : File.Exists(path + ".exe") ? path + ".exe" : null;
        const UnixFileMode Runs = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Runs) != UnixFileMode.None ? path : null;
    }
}
