using System.Collections.Immutable;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>The ways to compute that this processor has; the fastest is taken, and all give the same numbers.</summary>
public static class PaillierEngines
{
    /// <summary>Their names, the fastest first: <c>avx512</c>, <c>avx2</c>, <c>portable</c>.</summary>
    public static ImmutableArray<string> Supported { get; } = [.. ModularEngines.Supported.Select(kind => kind.ToString().ToLowerInvariant())];

    /// <summary>The one that is used.</summary>
    public static string Best => Supported[0];
}
