using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Paillier;

/// <content>What a key is known by, and its bytes.</content>
public sealed partial class PaillierPublicKey
{
    /// <summary>Whether the key was made for tests: <see cref="InsecurePaillierKeys"/>.</summary>
    public bool IsInsecure { get; internal init; }

    /// <summary>SHA-256 of the key's size, n and h: 32 bytes that name it.</summary>
    public ImmutableArray<byte> KeyId => [.. KeyFormat.Identify(this)];

    /// <summary>The roots that prove that openings bind; null for a modulus that cannot have a proof.</summary>
    internal ulong[]? Proof { get; set; }

    /// <summary>Reads what <see cref="Export"/> wrote, and checks all of it, the proof of the modulus included: a key that comes out of here is a valid one.</summary>
    /// <exception cref="CryptographicException">
    /// Other bytes, another version, flags or size, an insecure key, a modulus that is even, shorter than stated or divisible by a small prime,
    /// a base out of range, a proof that does not hold, or bytes missing or left over.
    /// </exception>
    public static PaillierPublicKey Import(ReadOnlySpan<byte> bytes) => KeyFormat.ReadPublic(bytes, allowInsecure: false);

    /// <summary>Encrypts with noise that was made ahead: as many as there are plaintexts leave the pool.</summary>
    /// <exception cref="ArgumentException">A pool for another key, or a plaintext that is not below n.</exception>
    /// <exception cref="InvalidOperationException">The pool holds fewer.</exception>
    public Ciphertexts Encrypt(Plaintexts plaintexts, PaillierNoisePool pool, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pool);
        Check(plaintexts);
        if (!pool.Key.Modulus.SequenceEqual(Modulus)) throw new ArgumentException("The pool holds encryptions under another key.", nameof(pool));
        return AddPlain(pool.Take(plaintexts.Count), plaintexts, options);
    }

    /// <summary>The key with its proof, for everybody.</summary>
    /// <exception cref="InvalidOperationException">An insecure key of primes too small for a proof.</exception>
    public byte[] Export() => KeyFormat.Write(this);
}
