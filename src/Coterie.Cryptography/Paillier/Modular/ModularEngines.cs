namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>Makes engines. The processor alone decides which is best; nothing outside the program can choose a slower one.</summary>
internal static class ModularEngines
{
    /// <summary>The kinds that this processor has the instructions for, the fastest first.</summary>
    public static IReadOnlyList<EngineKind> Supported { get; } =
        [.. new[] { EngineKind.Avx512, EngineKind.Avx2, EngineKind.Portable }.Where(IsSupported)];

    /// <summary>Whether this processor has the instructions for a kind.</summary>
    public static bool IsSupported(EngineKind kind) => kind switch
    {
        EngineKind.Avx512 => Avx512Columns.IsSupported,
        EngineKind.Avx2 => Avx2Columns.IsSupported,
        _ => true,
    };

    /// <summary>An engine modulo an odd <paramref name="modulus"/>, little-endian, its highest word not zero.</summary>
    /// <exception cref="PlatformNotSupportedException">This processor has not the instructions for <paramref name="kind"/>.</exception>
    /// <exception cref="ArgumentException">The modulus is even, empty, begins with a zero word or is too long for the engine (well above 6144 bits).</exception>
    public static ModularEngine Create(ReadOnlySpan<ulong> modulus, EngineKind kind = EngineKind.Best)
    {
        if (!IsSupported(kind))
            throw new PlatformNotSupportedException($"This processor has not the instructions for {kind}; it has those for {string.Join(", ", Supported)}.");
        return (kind == EngineKind.Best ? Supported[0] : kind) switch
        {
            EngineKind.Avx512 => new LaneEngine<Avx512Columns>(modulus),
            EngineKind.Avx2 => new LaneEngine<Avx2Columns>(modulus),
            _ => new PortableEngine(modulus),
        };
    }
}
