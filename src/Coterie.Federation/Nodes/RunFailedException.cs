namespace Coterie.Federation.Nodes;

/// <summary>A run came to no result at this party; the message says why, and who was missing or declined.</summary>
public sealed class RunFailedException(string message, Exception? inner = null) : Exception(message, inner);
