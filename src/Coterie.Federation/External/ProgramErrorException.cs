namespace Coterie.Federation.External;

/// <summary>A program says itself that it cannot go on.</summary>
internal sealed class ProgramErrorException(string message) : Exception(message);
