namespace Coterie.Benchmarks;

/// <summary>Folders the benchmarks read from and write to.</summary>
internal static class Places
{
    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder of data sets: <c>COTERIE_SHARED</c>, or <c>shared</c> beside the repository.</summary>
    public static string Shared { get; } = Environment.GetEnvironmentVariable("COTERIE_SHARED") ?? Path.GetFullPath(Path.Combine(Repository, "..", "shared"));

    /// <summary>The committed tables.</summary>
    public static string Results { get; } = Path.Combine(Repository, "bench", "results");

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Coterie.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("No Coterie.slnx above the benchmarks.");
    }
}
