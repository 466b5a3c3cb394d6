using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Federation.Identity;

/// <summary>Files and folders that only their owner can read; a file is there whole or not at all.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes a folder (0700), and those above it where they are missing.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerFolder);
    }

    /// <summary>Writes beside the place (0600), flushes through to the disk, and renames; a failure leaves what was there before.</summary>
    /// <param name="path">The place.</param>
    /// <param name="content">The whole content.</param>
    /// <param name="beforeRename">For tests: what may fail once the bytes are written.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, Action? beforeRename = null)
    {
        var temporary = $"{path}.{Convert.ToHexStringLower(CryptographicRandom.Instance.Bytes(4))}.new";
        try
        {
            Create(temporary, content);
            beforeRename?.Invoke();
            File.Move(temporary, path, overwrite: true);
            FolderSync.Flush(FolderOf(path));
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Creates a file (0600) that must not be there; whoever comes second fails.</summary>
    /// <exception cref="IOException">There is such a file.</exception>
    public static void Fill(string path, ReadOnlySpan<byte> content)
    {
        Create(path, content);
        FolderSync.Flush(FolderOf(path));
    }

    private static void Create(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(path, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Fills a folder beside its place and moves it there, so that it is there whole or not at all. An empty folder in the place is replaced.
    /// </summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.AlreadyExists"/>: something is there.</exception>
    public static void CreateFolder(string path, Action<string> fill)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var staging = $"{full}.{Convert.ToHexStringLower(CryptographicRandom.Instance.Bytes(4))}.new";
        RefuseExisting(full);
        try
        {
            CreateFolder(staging);
            fill(staging);
            RefuseExisting(full);
            if (Directory.Exists(full)) Directory.Delete(full);
            Directory.Move(staging, full);
            FolderSync.Flush(FolderOf(full));
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>Insists that nothing is in the place but, at most, an empty folder.</summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.AlreadyExists"/>.</exception>
    public static void RefuseExisting(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new IdentityException(IdentityReason.AlreadyExists, $"{path} is there already and is never overwritten; choose another folder, or move it away first.");
    }

    /// <summary>Reads a small file.</summary>
    /// <exception cref="IdentityException">It is not there, may not be read, or is longer than <paramref name="maximumBytes"/>.</exception>
    public static byte[] Read(string path, int maximumBytes) => Read(path, maximumBytes, isSecret: false);

    /// <summary>Reads a file that holds a private key, after checking that nobody else can; the caller zeroes the bytes.</summary>
    /// <exception cref="IdentityException">As <see cref="Read(string, int)"/>; <see cref="IdentityReason.UnsafeFile"/>: group or others may use it.</exception>
    public static byte[] ReadSecret(string path, int maximumBytes) => Read(path, maximumBytes, isSecret: true);

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;

    private static byte[] Read(string path, int maximumBytes, bool isSecret)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            // Asked of the opened file, so that it cannot be another one by then.
            if (isSecret && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(handle) & ~OwnerFolder) != UnixFileMode.None)
                throw new IdentityException(IdentityReason.UnsafeFile, $"{path} holds a private key, and others than its owner can use it; run 'chmod 600 {path}', and renew the key if others may have read it.");
            var length = RandomAccess.GetLength(handle);
            if (length > maximumBytes) throw new IdentityException(IdentityReason.Malformed, $"{path} is longer than the {maximumBytes} bytes it can have.");
            var content = new byte[(int)length];
            for (var at = 0; at < content.Length;)
            {
                var read = RandomAccess.Read(handle, content.AsSpan(at), at);
                if (read == 0)
                {
                    CryptographicOperations.ZeroMemory(content);
                    throw new IdentityException(IdentityReason.Malformed, $"{path} became shorter while it was read.");
                }
                at += read;
            }
            return content;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IdentityException(IdentityReason.NotFound, $"There is no {path}.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new IdentityException(IdentityReason.UnsafeFile, $"{path} cannot be read by this user; run as the user it belongs to.");
        }
    }
}
