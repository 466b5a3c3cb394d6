using System.Buffers.Binary;
using System.Collections.Frozen;
using System.IO.Compression;
using System.Text;

namespace Coterie.Federation.Data;

/// <summary>
/// Reads tables: <c>.csv</c> and <c>.tsv</c> with a header, and LIBSVM text (<c>.libsvm</c>); each also gzip-compressed.
/// UTF-8 with or without a byte order mark. Missing cells: empty, <c>NA</c>, <c>NaN</c> or <c>?</c>.
/// </summary>
public static class DataFile
{
    private const string Accepted = ".csv, .tsv or .libsvm, each also with .gz, is accepted.";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="textColumns">Columns to be read as text even where every cell is a number; null: none.</param>
    /// <exception cref="DataFileException">The file is absent, empty, of another format, or its rows do not fit its header.</exception>
    public static DataTable Read(string path, IReadOnlySet<string>? textColumns = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var bare = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        var format = Path.GetExtension(bare).ToLowerInvariant();
        if (format is not (".csv" or ".tsv" or ".libsvm"))
            throw new DataFileException(path, null, null, $"the format '{format}' is unknown; {Accepted}");
        CheckPresent(path);
        try
        {
            if (format == ".libsvm")
            {
                using var text = Open(path);
                return LibsvmReader.Read(path, text);
            }
            return ReadDelimited(path, format == ".tsv" ? '\t' : ',', textColumns ?? FrozenSet<string>.Empty);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DataFileException(path, null, null, "cannot be read: " + unreadable.Message, unreadable);
        }
    }

    /// <summary>A column with numbers before its first text has lost those numbers' spelling, so the file is read once more with the column as text.</summary>
    private static DataTable ReadDelimited(string path, char delimiter, IReadOnlySet<string> textColumns)
    {
        var texts = new HashSet<string>(textColumns, StringComparer.Ordinal);
        while (true)
        {
            using var text = Open(path);
            if (DelimitedReader.Read(path, text, delimiter, texts) is { } table) return table;
        }
    }

    private static StreamReader Open(string path)
    {
        Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        Span<byte> magic = stackalloc byte[2];
        var isCompressed = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        stream.Position = 0;
        if (isCompressed) stream = Decompress(stream);
        return new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, 1 << 16);
    }

    /// <summary>
    /// Decompresses to memory. The decompressor takes a file that was cut off for one that ends early, so the length is compared with
    /// the last member's length field (RFC 1952, section 2.3.1); a file of several members may hold more than that.
    /// </summary>
    private static MemoryStream Decompress(Stream stream)
    {
        using var compressed = stream;
        var content = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true)) gzip.CopyTo(content);
        Span<byte> length = stackalloc byte[4];
        compressed.Seek(-length.Length, SeekOrigin.End);
        compressed.ReadExactly(length);
        if (content.Length < BinaryPrimitives.ReadUInt32LittleEndian(length)) throw new InvalidDataException("the compressed file is incomplete.");
        content.Position = 0;
        return content;
    }

    private static void CheckPresent(string path)
    {
        if (File.Exists(path)) return;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (Directory.Exists(path)) throw new DataFileException(path, null, null, $"is a folder; a file is expected: {Accepted}");
        if (!Directory.Exists(folder)) throw new DataFileException(path, null, null, $"is not there, and neither is the folder {folder}.");
        string[] names = [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)).Where(IsKnownFormat).Order(StringComparer.Ordinal)];
        throw new DataFileException(path, null, null, "is not there; "
            + (names.Length == 0 ? $"no data file is in {folder}." : Nearest.Advice(Path.GetFileName(path), names)));
    }

    private static bool IsKnownFormat(string name) =>
        Path.GetExtension(name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name).ToLowerInvariant() is ".csv" or ".tsv" or ".libsvm";
}
