using System.Security.Cryptography;

namespace Coterie.Federation.RunStore;

/// <summary>Large messages as files. A file counts when the state names it, or when it is the part of a message that still arrives.</summary>
internal sealed class Spool(string folder, StoreSettings settings, TimeProvider time)
{
    /// <summary>Messages above this many bytes are files; smaller ones are cheaper inside the state.</summary>
    public const int LargestInState = 1 << 20;

    private const string Incoming = "in-", Outgoing = "out-";

    /// <summary>A file for a message to be sent, of a new name.</summary>
    public SpoolFile CreateOutgoing(long run) => Open($"{Outgoing}{run}-{RandomNumberGenerator.GetHexString(32, lowercase: true)}");

    /// <summary>The file of a message on its way in, which may hold part of it already.</summary>
    public SpoolFile OpenIncoming(long run, string peer, long sequence, ReadOnlySpan<byte> digest) =>
        Open($"{Incoming}{run}-{peer}-{sequence}-{Convert.ToHexStringLower(digest)}");

    /// <summary>The file of a part that an earlier process left: of the message with that number from that peer.</summary>
    public SpoolFile? FindIncoming(long run, string peer, long sequence, out byte[] digest)
    {
        var prefix = $"{Incoming}{run}-{peer}-{sequence}-";
        foreach (var path in Guard(() => Directory.GetFiles(folder, prefix + "*")))
        {
            var rest = Path.GetFileName(path)[prefix.Length..];
            if (rest.Length != 2 * SHA256.HashSizeInBytes || !rest.All(char.IsAsciiHexDigitLower)) continue;
            digest = Convert.FromHexString(rest);
            return Open(Path.GetFileName(path));
        }
        digest = [];
        return null;
    }

    /// <summary>A stored message, for reading.</summary>
    public FileStream Read(string name) =>
        Guard(() => new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1));

    /// <summary>Removes a file that no state names any more. One that cannot be removed now is found by the next <see cref="Sweep"/>.</summary>
    public void Delete(string name)
    {
        try
        {
            File.Delete(Path.Combine(folder, name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing depends on it being gone.
        }
    }

    /// <summary>Whether an earlier process left parts of messages of the run.</summary>
    public bool HasIncoming(long run) => Guard(() => Directory.EnumerateFiles(folder, $"{Incoming}{run}-*").Any());

    /// <summary>Removes what no state names, except parts of messages that still arrive (<paramref name="isPart"/>).</summary>
    public void Sweep(HashSet<string> named, Func<string, bool> isPart)
    {
        foreach (var name in Guard(() => Directory.GetFiles(folder)).Select(f => Path.GetFileName(f)!))
            if (!named.Contains(name) && !(name.StartsWith(Incoming, StringComparison.Ordinal) && isPart(name))) Delete(name);
    }

    /// <summary>Removes every file of a run.</summary>
    public void Forget(long run)
    {
        foreach (var name in Guard(() => Directory.GetFiles(folder)).Select(f => Path.GetFileName(f)!))
            if (name.StartsWith($"{Incoming}{run}-", StringComparison.Ordinal) || name.StartsWith($"{Outgoing}{run}-", StringComparison.Ordinal)) Delete(name);
    }

    private SpoolFile Open(string name) => new(Path.Combine(folder, name), settings, time);

    private T Guard<T>(Func<T> access)
    {
        try
        {
            return access();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.From(folder, error);
        }
    }
}
