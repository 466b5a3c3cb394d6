namespace Coterie.Cli.Running;

/// <summary>
/// A folder of results that is filled beside its place and moved there when everything is written, so that a run that fails
/// loses nothing and leaves nothing half done.
/// </summary>
internal sealed class ResultFolder : IDisposable
{
    private readonly bool _hadParent;

    private ResultFolder(string path)
    {
        Path = path;
        var parent = System.IO.Path.GetDirectoryName(path) ?? path;
        _hadParent = Directory.Exists(parent);
        Directory.CreateDirectory(parent);
        Staging = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(path)}.{Environment.ProcessId}.partial");
        if (Directory.Exists(Staging)) Directory.Delete(Staging, recursive: true);
        Directory.CreateDirectory(Staging);
    }

    /// <summary>Where the results will be.</summary>
    public string Path { get; }

    /// <summary>Where they are written first.</summary>
    public string Staging { get; }

    /// <summary>Checks the place and prepares the staging folder, before any work is done.</summary>
    /// <param name="path">Where the results will be.</param>
    /// <param name="mayReplace">Whether a folder that is not empty is accepted; files of other names in it stay.</param>
    /// <param name="advice">What to do about a folder that is not empty.</param>
    /// <exception cref="UsageException">The place is a file, or a folder that is not empty.</exception>
    public static ResultFolder Open(string path, bool mayReplace, string advice)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (File.Exists(full)) throw new UsageException($"--out: {path} is a file; a folder is expected.");
        if (!mayReplace && Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()) throw new UsageException($"--out: {path} is not empty; {advice}.");
        return new ResultFolder(full);
    }

    /// <summary>Moves the results in place. <paramref name="owned"/> files of an earlier run that this one did not write are removed.</summary>
    public void Commit(params ReadOnlySpan<string> owned)
    {
        if (!Directory.Exists(Path))
        {
            Directory.Move(Staging, Path);
            return;
        }
        foreach (var name in owned)
            if (!File.Exists(System.IO.Path.Combine(Staging, name))) File.Delete(System.IO.Path.Combine(Path, name));
        foreach (var file in Directory.EnumerateFiles(Staging, "*", SearchOption.AllDirectories).ToArray())
        {
            var target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(Staging, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Move(file, target, overwrite: true);
        }
    }

    /// <summary>Removes what was not moved in place, and the parent folder where it was made for nothing.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Staging)) Directory.Delete(Staging, recursive: true);
        var parent = System.IO.Path.GetDirectoryName(Path);
        if (!_hadParent && parent is not null && Directory.Exists(parent) && !Directory.EnumerateFileSystemEntries(parent).Any()) Directory.Delete(parent);
    }
}
