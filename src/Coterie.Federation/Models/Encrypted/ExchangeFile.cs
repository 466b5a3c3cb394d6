using System.Security.Cryptography;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Federation.Identity;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>
/// The frame of the files of an encrypted prediction: a line of text with kind and version, the content, and SHA-256 over both, by which damage shows
/// before anything is computed. Who alters a file on purpose makes the hash anew; what is bound to what is the contents' business.
/// </summary>
internal static class ExchangeFile
{
    /// <summary>Largest file read or written.</summary>
    public const int MaximumBytes = 1 << 30;

    private const int Version = 1;
    private const int LongestLine = 40;

    private static readonly Dictionary<string, string> Steps = new(StringComparer.Ordinal)
    {
        ["question"] = "ask",
        ["masks"] = "ask",
        ["answer"] = "answer",
        ["model-owner"] = "publish",
        ["encrypted-model"] = "publish",
    };

    /// <summary>Reads the content after checking all of the frame.</summary>
    /// <typeparam name="T">What the content is.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="kind">Which kind is expected.</param>
    /// <param name="isSecret">Whether nobody else may be able to read it.</param>
    /// <param name="parse">Reads the content; gets the hash too, which names the file.</param>
    /// <exception cref="ModelFileException">It is absent, of another kind or version, damaged, or malformed.</exception>
    public static T Read<T>(string path, string kind, bool isSecret, Parser<T> parse)
    {
        if (!File.Exists(path)) throw new ModelFileException(path, "", $"there is no such file; {Wanted(kind)}");
        // What kind it is comes first: only of the right kind is it worth saying that others can read it.
        CheckLine(path, kind, Head(path));
        var bytes = isSecret ? PrivateFiles.ReadSecret(path, MaximumBytes) : PrivateFiles.Read(path, MaximumBytes);
        try
        {
            var line = Line(kind);
            if (bytes.Length < line.Length + SHA256.HashSizeInBytes) throw new ModelFileException(path, "", "cut off");
            var content = bytes.AsSpan(..^SHA256.HashSizeInBytes);
            var hash = SHA256.HashData(content);
            if (!hash.AsSpan().SequenceEqual(bytes.AsSpan(content.Length))) throw new ModelFileException(path, "", "cut off or altered: its checksum is another");
            var reader = new WireReader(content[line.Length..], new PartyId("file"), new StepTag(kind));
            var value = parse(ref reader, hash);
            reader.End();
            return value;
        }
        catch (ProtocolException malformed)
        {
            throw new ModelFileException(path, "", $"malformed: {malformed.Message[(malformed.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd('.')}", malformed);
        }
        finally
        {
            if (isSecret) CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The bytes of a file, and the hash that names it.</summary>
    public static (byte[] Bytes, byte[] Hash) Build(string kind, Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        byte[] content = [.. Line(kind), .. writer.WrittenMemory.Span];
        var hash = SHA256.HashData(content);
        return ([.. content, .. hash], hash);
    }

    /// <summary>Insists that nothing is in a place.</summary>
    /// <exception cref="ModelFileException">There is a file.</exception>
    public static void RefuseExisting(string path, string why)
    {
        if (File.Exists(path) || Directory.Exists(path)) throw new ModelFileException(path, "", $"is there already and is never overwritten: {why}");
    }

    /// <summary>What another kind of file is, in a message.</summary>
    public static string Wanted(string kind) => $"the {Noun(kind)} that 'coterie predict {Steps[kind]}' wrote is expected";

    private static byte[] Head(string path)
    {
        using var stream = File.OpenRead(path);
        var head = new byte[LongestLine];
        return head[..stream.ReadAtLeast(head, LongestLine, throwOnEndOfStream: false)];
    }

    private static void CheckLine(string path, string kind, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Line(kind))) return;
        var end = bytes[..Math.Min(LongestLine, bytes.Length)].IndexOf((byte)'\n');
        var parts = end < 0 ? [] : Encoding.ASCII.GetString(bytes[..end]).Split('/');
        if (parts is not [var found, var version] || !found.StartsWith("coterie-", StringComparison.Ordinal) || !Steps.ContainsKey(found["coterie-".Length..]))
            throw new ModelFileException(path, "", $"no {Noun(kind)}: {Wanted(kind)}");
        if (found != $"coterie-{kind}") throw new ModelFileException(path, "", $"the file of another step, '{Noun(found["coterie-".Length..])}': {Wanted(kind)}");
        throw new ModelFileException(path, "", $"version '{version}' of the format; version {Version} is read");
    }

    private static string Noun(string kind) => kind.Replace('-', ' ');

    private static byte[] Line(string kind) => Encoding.ASCII.GetBytes($"coterie-{kind}/{Version}\n");

    /// <summary>Reads a file's content.</summary>
    internal delegate T Parser<out T>(ref WireReader reader, byte[] hash);
}
