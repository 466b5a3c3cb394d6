using System.CommandLine;

namespace Coterie.Cli.Running;

/// <summary>Where this machine's party keeps what is its own: <c>--home</c>, else <c>$COTERIE_HOME</c>, else <c>~/.coterie</c>.</summary>
/// <param name="path">The folder.</param>
internal sealed class HomeFolder(string path)
{
    private const string Variable = "COTERIE_HOME";
    private const string Default = ".coterie";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The party's identity.</summary>
    public string Identity => System.IO.Path.Combine(Path, "identity");

    /// <summary>The consortium's authority, on the one machine that has it.</summary>
    public string Authority => System.IO.Path.Combine(Path, "authority");

    /// <summary>The option of all commands that use it.</summary>
    public static Option<string?> Option() => new("--home") { Description = $"Folder of this party. [default: ${Variable}, else ~/{Default}]", HelpName = "DIR" };

    /// <summary>The folder that was given, or the usual one.</summary>
    /// <exception cref="UsageException">The user has no home folder.</exception>
    public static HomeFolder From(string? given)
    {
        if (string.IsNullOrEmpty(given)) given = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(given)) return new HomeFolder(System.IO.Path.GetFullPath(given));
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return user.Length > 0
            ? new HomeFolder(System.IO.Path.Combine(user, Default))
            : throw new UsageException($"this user has no home folder; say where with --home DIR or ${Variable}.");
    }
}
