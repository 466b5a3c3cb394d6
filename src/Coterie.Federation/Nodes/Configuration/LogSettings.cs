using Microsoft.Extensions.Logging;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>The <c>log</c> section: lines on standard error.</summary>
/// <param name="Level">The least important entries that are written.</param>
/// <param name="IsJson">Whether every line is a JSON object; else text.</param>
public sealed record LogSettings(LogLevel Level = LogLevel.Warning, bool IsJson = false);
