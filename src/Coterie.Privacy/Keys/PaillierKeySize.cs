using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.Keys;

/// <summary>Of what size a run's Paillier keys are; only tests ask for insecure ones.</summary>
internal sealed record PaillierKeySize(int Bits, bool IsInsecure)
{
    /// <summary>Bits where a task does not say.</summary>
    public const int DefaultBits = 3072;

    /// <summary>Bytes of a public key as announced: a header, n, h and the eight roots of the proof.</summary>
    public int PublicKeyBytes => 8 + (10 * (Bits / 8));

    /// <summary>Whether a task may ask for it.</summary>
    public static bool IsSafe(int bits) => bits is 2048 or 3072;

    public PaillierSecretKey Generate() => IsInsecure ? InsecurePaillierKeys.Generate(Bits) : PaillierSecretKey.Generate(Bits);

    /// <exception cref="System.Security.Cryptography.CryptographicException">Not a valid key, or one of another size.</exception>
    public PaillierPublicKey Import(ReadOnlySpan<byte> bytes)
    {
        var key = IsInsecure ? InsecurePaillierKeys.Import(bytes) : PaillierPublicKey.Import(bytes);
        return key.Bits == Bits ? key : throw new System.Security.Cryptography.CryptographicException($"The Paillier key has {key.Bits} bits; the terms ask for {Bits}.");
    }

    public PaillierSecretKey ImportPrivateKey(ReadOnlySpan<byte> bytes) => IsInsecure ? InsecurePaillierKeys.ImportPrivateKey(bytes) : PaillierSecretKey.ImportPrivateKey(bytes);
}
