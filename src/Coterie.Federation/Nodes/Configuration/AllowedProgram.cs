using System.Collections.Immutable;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>A program that a participant allows for external learners.</summary>
/// <param name="Command">The program, then its arguments; no shell reads them.</param>
/// <param name="Folder">Where it runs.</param>
public sealed record AllowedProgram(ImmutableArray<string> Command, string Folder);
