namespace Coterie.Federation.Nodes.Configuration;

/// <summary>A coordinator's config file.</summary>
/// <param name="Node">What every node has.</param>
/// <param name="Listen">Where parties connect to.</param>
public sealed record CoordinatorSettings(NodeSettings Node, HostPort Listen)
{
    /// <summary>Absolute path of the consortium's authority, whose invitations this node honours; null: another machine's business.</summary>
    public string? Authority { get; init; }

    /// <summary>Reads and checks a coordinator's config file.</summary>
    /// <exception cref="Tasks.TaskFileException">The file is absent, no YAML, or a field is not as it should be.</exception>
    public static CoordinatorSettings Load(string path) => ConfigParser.LoadCoordinator(path);
}
