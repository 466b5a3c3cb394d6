using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// A participant's contribution, packed, masked uniformly over Z_n for every recipient's n, and encrypted under its key: a batch at a time, in the
/// order in which it is sent. It is a function of what was masked and of the participant's own secrets, so that a restart gives the same bytes.
/// </summary>
internal sealed class EncryptedContribution : IDisposable
{
    private readonly CiphertextLayout _layout;
    private readonly OwnKeys _own;
    private readonly PartyId _self;
    private readonly RoundContext _context;
    private readonly long[] _values;
    private readonly RecipientMasks[] _masks;
    private readonly ulong[][] _checks;
    private readonly ulong[] _words;
    private CryptographicRandom? _noise;
    private int _next, _taken, _held, _sent;

    /// <param name="layout">How it lies in ciphertexts.</param>
    /// <param name="own">This participant's secrets.</param>
    /// <param name="self">This participant.</param>
    /// <param name="context">The sum, bound to all that was told and to what the coordinator does not know.</param>
    /// <param name="values">Fixed-point entries.</param>
    /// <param name="checks">What each recipient will look for, a number for each ciphertext.</param>
    /// <param name="masks">The keys of its masks; the caller zeroes them.</param>
    public EncryptedContribution(CiphertextLayout layout, OwnKeys own, PartyId self, RoundContext context, ReadOnlySpan<ulong> values, ulong[][] checks, IReadOnlyList<MaskKey> masks)
    {
        (_layout, _own, _self, _context, _values, _checks) = (layout, own, self, context, MemoryMarshal.Cast<ulong, long>(values).ToArray(), checks);
        _masks = [.. layout.Recipients.Select(r => new RecipientMasks(masks, r.Name, r.Key, layout.Values))];
        _words = new ulong[Math.Min(layout.Ciphertexts, CiphertextLayout.Batch) * layout.WordsEach];
        Digest = DigestOfPlaintexts();
    }

    /// <summary>SHA-256 over the masked plaintexts for all recipients, from which everything that is sent follows.</summary>
    public byte[] Digest { get; }

    /// <summary>The next words; each once.</summary>
    public void Fill(int start, Span<ulong> piece)
    {
        if (start != _sent) throw new InvalidOperationException($"Word {start} was asked for where {_sent} is next.");
        _sent += piece.Length;
        while (!piece.IsEmpty)
        {
            if (_taken == _held) EncryptNext();
            var count = Math.Min(piece.Length, _held - _taken);
            _words.AsSpan(_taken, count).CopyTo(piece);
            _taken += count;
            piece = piece[count..];
        }
    }

    public void Dispose()
    {
        foreach (var masks in _masks) masks.Dispose();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_values.AsSpan()));
    }

    private void EncryptNext()
    {
        var (recipient, batch) = Math.DivRem(_next++, _layout.Batches);
        var (name, key) = _layout.Recipients[recipient];
        if (batch == 0) _noise = _own.NoiseFor(_context, name, Digest);
        var masked = Masked(recipient, batch);
        // Its own key's owner encrypts faster; the ciphertexts are the same.
        var ciphertexts = name == _self ? _own.Paillier.Encrypt(masked, _noise!, CiphertextLayout.Computing) : key.Encrypt(masked, _noise!, CiphertextLayout.Computing);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(masked.Words));
        (_taken, _held) = (0, ciphertexts.Count * _layout.WordsEach);
        CiphertextLayout.Write(ciphertexts, _words.AsSpan(0, _held));
    }

    private Plaintexts Masked(int recipient, int batch)
    {
        var key = _layout.Recipients[recipient].Key;
        var plaintexts = _layout.Pack(key, batch, _values, _checks[recipient]);
        _masks[recipient].Apply(batch * CiphertextLayout.Batch, plaintexts);
        return plaintexts;
    }

    private byte[] DigestOfPlaintexts()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("coterie masked plaintexts v1"u8);
        for (var recipient = 0; recipient < _layout.Recipients.Length; recipient++)
        {
            hash.AppendData(_layout.Recipients[recipient].Key.KeyId.AsSpan());
            for (var batch = 0; batch < _layout.Batches; batch++)
            {
                var masked = Masked(recipient, batch);
                hash.AppendData(MemoryMarshal.AsBytes(masked.Words));
                CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(masked.Words));
            }
        }
        return hash.GetHashAndReset();
    }
}
