using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Keys as bytes, little-endian throughout. A public key: "CPPK", version 1, flags, bits of n (2 bytes), n, h, the eight roots of the proof. A secret
/// key: "CPSK", version 1, flags, bits of n, p, q, then its public key as above. Numbers take whole 64-bit words; nothing follows.
/// </summary>
internal static class KeyFormat
{
    public const byte Version = 1;

    private const byte InsecureFlag = 1;
    private const int HeaderBytes = 8;

    private static ReadOnlySpan<byte> PublicMagic => "CPPK"u8;

    private static ReadOnlySpan<byte> SecretMagic => "CPSK"u8;

    /// <summary>SHA-256 of what is settled about a public key: its size, n and h. The proof adds nothing to it: n has only one.</summary>
    public static byte[] Identify(PaillierPublicKey key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie paillier key v1"u8);
        hash.AppendData(Header(PublicMagic, key));
        hash.AppendData(Bytes(key.Modulus));
        hash.AppendData(Bytes(key.Base));
        return hash.GetHashAndReset();
    }

    public static byte[] Write(PaillierPublicKey key) => [.. Header(PublicMagic, key), .. Bytes(key.Modulus), .. Bytes(key.Base), .. Bytes(ProofOf(key))];

    public static byte[] Write(PaillierSecretKey key)
    {
        // A key that has a proof has a multiple of 128 bits, and factors of half as many words.
        var (open, half) = (Write(key.PublicKey), key.P.Length * sizeof(ulong));
        var bytes = new byte[HeaderBytes + (2 * half) + open.Length];
        Header(SecretMagic, key.PublicKey).CopyTo(bytes, 0);
        Copy(key.P, bytes.AsSpan(HeaderBytes));
        Copy(key.Q, bytes.AsSpan(HeaderBytes + half));
        open.CopyTo(bytes, HeaderBytes + (2 * half));
        return bytes;
    }

    /// <summary>Reads and checks everything that can be checked without the factors.</summary>
    public static PaillierPublicKey ReadPublic(ReadOnlySpan<byte> bytes, bool allowInsecure)
    {
        var (bits, isInsecure) = ReadHeader(bytes, PublicMagic, "public key", allowInsecure);
        var words = bits / 64;
        Expect(bytes.Length, PublicBytes(bits), "public key", bits);
        var numbers = Words(bytes[HeaderBytes..]);
        ReadOnlySpan<ulong> n = numbers.AsSpan(0, words), h = numbers.AsSpan(words, words);
        var proof = numbers[(2 * words)..];
        if ((n[0] & 1) == 0) throw new CryptographicException("The modulus of the Paillier key is even.");
        if (n[^1] >> 63 == 0) throw new CryptographicException($"The modulus of the Paillier key is shorter than the {bits} bits that the key states.");
        if (BaseFault(n, h) is { } fault) throw new CryptographicException($"The base of the Paillier key {fault}.");
        var key = new PaillierPublicKey(n, h) { IsInsecure = isInsecure, Proof = proof };
        KeyProof.Verify(key, proof);
        return key;
    }

    /// <summary>Reads a secret key and checks it whole.</summary>
    public static PaillierSecretKey ReadSecret(ReadOnlySpan<byte> bytes, bool allowInsecure)
    {
        var (bits, _) = ReadHeader(bytes, SecretMagic, "secret key", allowInsecure);
        var (words, factors) = (bits / 128, HeaderBytes + (bits / 8));
        Expect(bytes.Length, factors + PublicBytes(bits), "secret key", bits);
        ulong[] p = Words(bytes[HeaderBytes..(HeaderBytes + (bits / 16))]), q = Words(bytes[(HeaderBytes + (bits / 16))..factors]), n = new ulong[2 * words];
        try
        {
            LittleWords.MultiplyAdd(p, q, [], n);
            var open = ReadPublic(bytes[factors..], allowInsecure);
            if (!CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(n.AsSpan()), MemoryMarshal.AsBytes(open.Modulus)))
                throw new CryptographicException("The factors of the Paillier secret key do not multiply to its modulus.");
            if (PaillierPrimes.Fault(p, q, bits) is { } fault) throw new CryptographicException($"The Paillier secret key's factors are none of a key: {fault} in a valid one.");
            var key = new PaillierSecretKey(open, p, q);
            if (key.FactorsAreProbablyPrime()) return key;
            key.Dispose();
            throw new CryptographicException("A factor of the Paillier secret key is not a prime.");
        }
        finally
        {
            foreach (var secret in new[] { p, q, n }) LittleWords.Zero(secret);
        }
    }

    /// <summary>What is wrong with a base h, or null: it is in [2, n-2], so that it is neither of the units whose order everybody knows, and coprime to n.</summary>
    public static string? BaseFault(ReadOnlySpan<ulong> n, ReadOnlySpan<ulong> h)
    {
        var (modulus, number) = (LittleWords.ToBigInteger(n), LittleWords.ToBigInteger(h));
        if (number < 2 || number > modulus - 2) return "is out of range: it lies between 2 and n - 2";
        return BigInteger.GreatestCommonDivisor(modulus, number).IsOne ? null : "shares a factor with the modulus";
    }

    public static byte[] Bytes(ReadOnlySpan<ulong> words)
    {
        var bytes = new byte[words.Length * sizeof(ulong)];
        Copy(words, bytes);
        return bytes;
    }

    public static ulong[] Words(ReadOnlySpan<byte> bytes)
    {
        var words = new ulong[bytes.Length / sizeof(ulong)];
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        return words;
    }

    private static ulong[] ProofOf(PaillierPublicKey key) =>
        key.Proof ?? throw new InvalidOperationException($"A key whose modulus has a factor below {KeyProof.Alpha}, or not a multiple of 128 bits, has no proof and no format.");

    private static byte[] Header(ReadOnlySpan<byte> magic, PaillierPublicKey key)
    {
        var header = new byte[HeaderBytes];
        magic.CopyTo(header);
        (header[4], header[5]) = (Version, key.IsInsecure ? InsecureFlag : (byte)0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), (ushort)key.Bits);
        return header;
    }

    private static (int Bits, bool IsInsecure) ReadHeader(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> magic, string what, bool allowInsecure)
    {
        if (bytes.Length < HeaderBytes || !bytes[..4].SequenceEqual(magic)) throw new CryptographicException($"These bytes are no Paillier {what}.");
        if (bytes[4] != Version) throw new CryptographicException($"The Paillier {what} has version {bytes[4]} of the format; version {Version} is read.");
        if ((bytes[5] & ~InsecureFlag) != 0) throw new CryptographicException($"The Paillier {what} has flags {bytes[5]} that version {Version} does not know.");
        var bits = (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        var isInsecure = bytes[5] == InsecureFlag;
        if (!allowInsecure && !PaillierSecretKey.IsSafeSize(bits)) throw new CryptographicException($"The Paillier {what} has {bits} bits; {PaillierSecretKey.SafeSizes} are taken.");
        if (!allowInsecure && isInsecure) throw new CryptographicException($"The Paillier {what} is an insecure one, made for tests.");
        if (bits < 512 || bits % 128 != 0 || bits > 4096) throw new CryptographicException($"The Paillier {what} has {bits} bits; a multiple of 128 from 512 to 4096 is taken.");
        return (bits, isInsecure);
    }

    private static int PublicBytes(int bits) => HeaderBytes + ((2 + KeyProof.Roots) * (bits / 8));

    private static void Expect(int length, int expected, string what, int bits)
    {
        if (length < expected) throw new CryptographicException($"The Paillier {what} is cut off: {length} bytes of the {expected} of {bits} bits.");
        if (length > expected) throw new CryptographicException($"The Paillier {what} has trailing bytes: {length} bytes where {bits} bits take {expected}.");
    }

    private static void Copy(ReadOnlySpan<ulong> words, Span<byte> bytes)
    {
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * sizeof(ulong))..], words[i]);
    }
}
