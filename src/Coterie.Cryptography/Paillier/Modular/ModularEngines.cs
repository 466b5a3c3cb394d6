namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>The engines this processor has.</summary>
internal static class ModularEngines
{
    /// <summary>The fastest engine for a modulus.</summary>
    public static ModularEngine Create(ReadOnlySpan<ulong> modulus) => new LaneEngine<Avx512Columns>(modulus);
}
