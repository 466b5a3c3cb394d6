namespace Coterie.Cli.Running;

/// <summary>The command cannot be done as asked: the message names the argument and what would be accepted.</summary>
internal sealed class UsageException(string message) : Exception(message);
