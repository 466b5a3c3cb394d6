using System.Numerics;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Keys for tests: of any size, or with primes that somebody else knows. They say so (<see cref="PaillierPublicKey.IsInsecure"/>), also in bytes,
/// and <see cref="PaillierPublicKey.Import"/> refuses them.
/// </summary>
public static class InsecurePaillierKeys
{
    /// <summary>The key of two given odd primes of equally many 64-bit words, with a random base. Primes of a few bits will do; such a key has no proof and cannot be exported.</summary>
    /// <exception cref="ArgumentException">The primes are equal, even, of other lengths, or one divides the other less one.</exception>
    public static PaillierSecretKey FromPrimes(BigInteger p, BigInteger q)
    {
        if (p == q || p < 3 || q < 3 || p.IsEven || q.IsEven) throw new ArgumentException("Two different odd primes are needed.", nameof(p));
        var words = Length(p);
        if (Length(q) != words) throw new ArgumentException($"The first prime has {words} words of 64 bits, the second {Length(q)}; as many are needed.", nameof(q));
        ulong[] first = new ulong[words], second = new ulong[words];
        LittleWords.FromBigInteger(p, first);
        LittleWords.FromBigInteger(q, second);
        return PaillierSecretKey.FromFactors(first, second, isInsecure: true);
    }

    /// <summary>A new key of so many bits.</summary>
    /// <param name="bits">A multiple of 128, at least 512.</param>
    public static PaillierSecretKey Generate(int bits)
    {
        if (bits < 512 || bits % 128 != 0) throw new ArgumentOutOfRangeException(nameof(bits), bits, "An insecure key has a multiple of 128 bits, at least 512.");
        return PaillierSecretKey.Generate(bits, isInsecure: true);
    }

    /// <summary>Reads a public key, an insecure one too.</summary>
    /// <exception cref="CryptographicException">As <see cref="PaillierPublicKey.Import"/>, but for sizes and origin.</exception>
    public static PaillierPublicKey Import(ReadOnlySpan<byte> bytes) => KeyFormat.ReadPublic(bytes, allowInsecure: true);

    /// <summary>Reads a secret key, an insecure one too.</summary>
    /// <exception cref="CryptographicException">As <see cref="PaillierSecretKey.ImportPrivateKey"/>, but for sizes and origin.</exception>
    public static PaillierSecretKey ImportPrivateKey(ReadOnlySpan<byte> bytes) => KeyFormat.ReadSecret(bytes, allowInsecure: true);

    private static int Length(BigInteger x) => (int)((x.GetBitLength() + 63) / 64);
}
