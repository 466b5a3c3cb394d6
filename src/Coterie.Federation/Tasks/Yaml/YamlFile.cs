using System.Globalization;
using System.Text;

namespace Coterie.Federation.Tasks.Yaml;

/// <summary>Reads the text of a file that a person wrote, within a bound.</summary>
internal static class YamlFile
{
    /// <exception cref="TaskFileException">The file is absent, too long, or no UTF-8 text.</exception>
    public static string ReadText(string path, string noun, int maximumBytes)
    {
        var info = new FileInfo(path);
        if (!info.Exists) throw new TaskFileException(path, 1, "", $"there is no such {noun}.");
        if (info.Length > maximumBytes) throw TooLong(path, noun, maximumBytes);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException invalid)
        {
            throw new TaskFileException(path, 1, "", "is not UTF-8 text.", invalid);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TaskFileException(path, 1, "", "cannot be read: " + unreadable.Message, unreadable);
        }
    }

    public static TaskFileException TooLong(string path, string noun, int maximumBytes) =>
        new(path, 1, "", string.Create(CultureInfo.InvariantCulture, $"is longer than {maximumBytes} bytes, the most a {noun} may have."));
}
