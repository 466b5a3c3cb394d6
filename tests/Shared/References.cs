using System.Text.Json;

namespace Coterie.Testing;

/// <summary>
/// Independently computed results and the data they were computed on, in a folder <c>shared</c> beside the repository
/// (or where <c>COTERIE_SHARED</c> says): <c>data/</c> and <c>reference/</c>.
/// </summary>
internal static class References
{
    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder that holds <c>data/</c> and <c>reference/</c>.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("COTERIE_SHARED") ?? Path.GetFullPath(Path.Combine(Repository, "..", "shared"));

    public static bool Present => Directory.Exists(Path.Combine(Folder, "reference")) && Directory.Exists(Path.Combine(Folder, "data"));

    public static string DataFile(string name) => Path.Combine(Folder, "data", name);

    /// <summary>A reference file, for example <c>linear_models.json</c>.</summary>
    public static JsonElement Results(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "reference", name)));
        return document.RootElement.Clone();
    }

    public static double[] Numbers(JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetDouble())];

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Coterie.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("No Coterie.slnx above the tests.");
    }
}
