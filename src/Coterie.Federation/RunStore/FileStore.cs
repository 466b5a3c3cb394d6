using System.Security.Cryptography;
using System.Text;
using Coterie.Core.Parties;

namespace Coterie.Federation.RunStore;

/// <summary>
/// One party's checkpoints and once-only claims in a folder. A state or claim is on the disk before the call returns: written to a
/// temporary file, flushed through, then renamed. Files are readable by their owner only.
/// </summary>
public sealed class FileStore : IRunStore
{
    private readonly string _folder;
    private readonly Lock _gate = new();

    /// <summary>Opens the folder, creating it when it is absent.</summary>
    public FileStore(string folder)
    {
        _folder = folder;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        lock (_gate) Write(PathOf("state", key), state.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(string key, ReadOnlyMemory<byte> state, StepTag finished, CancellationToken cancellationToken) => SaveAsync(key, state, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> LoadAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf("state", key);
        // A null array would convert to an empty state: absence is said explicitly.
        return File.Exists(path) ? new ReadOnlyMemory<byte>(await File.ReadAllBytesAsync(path, cancellationToken)) : (ReadOnlyMemory<byte>?)null;
    }

    /// <inheritdoc/>
    public ValueTask ClaimAsync(string key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var path = PathOf("claim", key);
            if (!File.Exists(path)) Write(path, digest.Span);
            else if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(digest.Span)) throw ClaimErrors.AlreadyReleased(key);
        }
        return ValueTask.CompletedTask;
    }

    private string PathOf(string kind, string key) =>
        Path.Combine(_folder, $"{kind}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..40]}");

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
