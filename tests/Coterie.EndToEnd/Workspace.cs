namespace Coterie.EndToEnd;

/// <summary>A folder of its own for a test, removed afterwards.</summary>
public sealed class Workspace : IDisposable
{
    public Workspace() => Folder = Directory.CreateTempSubdirectory("coterie-e2e-").FullName;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The repository's samples.</summary>
    public static string Samples { get; } = FindSamples();

    /// <summary>A path in the folder.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Writes a file; returns its name.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return name;
    }

    /// <summary>A small regression table: y = 2 a - b + a little, <paramref name="rows"/> rows.</summary>
    public string WriteData(string name = "data.csv", int rows = 40, Func<int, string, string>? cell = null)
    {
        var lines = new List<string> { "a,b,y" };
        for (var i = 0; i < rows; i++)
        {
            var (a, b) = (((i * 7) % 13) - 6, (((i * 5) % 11) - 5) / 2.0);
            string[] cells = [$"{a}", $"{b}", $"{(2 * a) - b + ((i % 3) * 0.1)}"];
            string[] names = ["a", "b", "y"];
            lines.Add(string.Join(',', cells.Select((c, j) => cell?.Invoke(i, names[j]) is { } other and not "" ? other : c)));
        }
        return Write(name, string.Join('\n', lines) + "\n");
    }

    /// <summary>A task over <c>data.csv</c> that works as it is; arguments replace its lines.</summary>
    public string WriteTask(
        string learner = "{ name: ridge-regression, alpha: 1 }", string data = "file: data.csv", string participants = "{ count: 4, by: round-robin }",
        string privacy = "{ mode: secure-aggregation }", string preprocessing = "[ standardize ]", string more = "")
        => Write("task.yaml", $"task: trial\ndata:\n  {data}\n  participants: {participants}\n{more}preprocessing: {preprocessing}\nlearner: {learner}\nprivacy: {privacy}\n");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindSamples()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "samples", "data"))) return Path.Combine(folder.FullName, "samples");
        throw new DirectoryNotFoundException("No folder 'samples' above the tests.");
    }
}
