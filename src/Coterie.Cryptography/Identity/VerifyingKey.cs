using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Coterie.Cryptography.Identity;

/// <summary>
/// A <see cref="PartyIdentity.PublicKey"/> that verifies many signatures: parsing and checking the point, twice the price of a verification,
/// is done once. What is accepted is what <see cref="Signatures.Verify"/> accepts. Thread-safe.
/// </summary>
/// <param name="publicKey">SubjectPublicKeyInfo of P-256; a malformed one verifies nothing.</param>
public sealed class VerifyingKey(ImmutableArray<byte> publicKey)
{
    // The framework does not promise that two threads may use one key object: whoever verifies takes it away and puts it back.
    private ECDsa? _idle;

    /// <summary>Whether <paramref name="signature"/> (P1363) is this key's over <paramref name="data"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var key = Interlocked.Exchange(ref _idle, null) ?? Signatures.Import(publicKey.AsSpan());
        if (key is null) return false;
        var valid = Signatures.VerifyWith(key, data, signature);
        if (Interlocked.CompareExchange(ref _idle, key, null) is not null) key.Dispose();
        return valid;
    }
}
