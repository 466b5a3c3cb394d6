namespace Coterie.Cli.Running;

/// <summary>The user stopped a command that keeps its state; the message says how to go on.</summary>
internal sealed class StoppedException(string message) : Exception(message);
