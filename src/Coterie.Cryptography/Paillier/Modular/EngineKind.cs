namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>The engines there are.</summary>
internal enum EngineKind
{
    /// <summary>The fastest that this processor has the instructions for.</summary>
    Best,

    /// <summary>Eight numbers at a time, with AVX-512.</summary>
    Avx512,

    /// <summary>Four numbers at a time, with AVX2 and FMA.</summary>
    Avx2,

    /// <summary>One number at a time, on every processor.</summary>
    Portable,
}
