namespace Coterie.Federation.RunStore;

/// <summary>A folder that one process uses at a time and only its owner can read.</summary>
internal sealed class NodeFolder : IDisposable
{
    private readonly FileStream _lock;

    private NodeFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string State => System.IO.Path.Combine(Path, "state.db");

    public string Released => System.IO.Path.Combine(Path, "released.db");

    public string Spool => System.IO.Path.Combine(Path, "spool");

    /// <exception cref="StoreException">Another process uses the folder, or it cannot be made.</exception>
    public static NodeFolder Take(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Create(path);
            Create(System.IO.Path.Combine(path, "spool"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be used as a party's folder: {error.Message} Name a folder its owner can write.", error);
        }
        try
        {
            return new NodeFolder(path, new FileStream(System.IO.Path.Combine(path, "lock"), OwnerOnly(FileMode.OpenOrCreate, FileShare.None)));
        }
        catch (IOException error)
        {
            throw new StoreException($"{path} is in use by another process. Stop it first, or give this party a folder of its own.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StoreException($"{path} belongs to somebody else: {error.Message}", error);
        }
    }

    /// <summary>Makes the file, empty and readable by its owner only, where it is absent.</summary>
    public static void Touch(string file)
    {
        if (!File.Exists(file)) new FileStream(file, OwnerOnly(FileMode.OpenOrCreate, FileShare.None)).Dispose();
    }

    public static FileStreamOptions OwnerOnly(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    public void Dispose() => _lock.Dispose();

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(path, Owner);
        if (File.GetUnixFileMode(path) != Owner) File.SetUnixFileMode(path, Owner);
    }
}
