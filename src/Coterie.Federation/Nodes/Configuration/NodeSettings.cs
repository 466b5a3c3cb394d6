namespace Coterie.Federation.Nodes.Configuration;

/// <summary>What every node's config says.</summary>
public sealed record NodeSettings
{
    /// <summary>Path of the config file as it was given; relative paths in it start from its folder.</summary>
    public required string File { get; init; }

    /// <summary>Absolute path of the folder with this party's identity and state.</summary>
    public required string Home { get; init; }

    /// <summary>Where <c>/healthz</c> and <c>/metrics</c> are served in plain HTTP; null: nowhere.</summary>
    public HostPort? Metrics { get; init; }

    /// <summary>The OTLP collector; null: none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>What is logged, and how.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>How long a node waits.</summary>
    public TimeOutSettings TimeOuts { get; init; } = new();

    /// <summary>Absolute path of the folder of results; null: the current folder's <c>coterie-results</c> at a coordinator, <c>results</c> in the home elsewhere.</summary>
    public string? Results { get; init; }
}
