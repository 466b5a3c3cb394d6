namespace Coterie.Cli.Running;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>A run, a file or the machine failed, or the user stopped it.</summary>
    public const int Failed = 1;

    /// <summary>The command, the task file, the data or the model cannot be used as given.</summary>
    public const int WrongUsage = 2;
}
