using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// The coordinator's sums, one under every key, that grow as contributions arrive. Unmasking adds public plaintexts: nothing is re-randomised, as nobody
/// can learn from randomness that is the product of the contributors' own, and anybody who has the contributions can check the sums.
/// </summary>
internal sealed class EncryptedSums(CiphertextLayout layout, StepTag step) : IUnmaskable, IDisposable
{
    private readonly Ciphertexts?[] _sums = new Ciphertexts?[layout.Recipients.Length * layout.Batches];
    private readonly List<MaskKey> _masks = [];

    /// <summary>What takes a sender's words, in order.</summary>
    public Action<int, ReadOnlySpan<ulong>> AcceptFrom(PartyId sender)
    {
        var words = new ulong[Math.Min(layout.Ciphertexts, CiphertextLayout.Batch) * layout.WordsEach];
        var (held, next) = (0, 0);
        return (_, piece) =>
        {
            while (!piece.IsEmpty)
            {
                var needed = layout.CountOf(next % layout.Batches) * layout.WordsEach;
                var count = Math.Min(piece.Length, needed - held);
                piece[..count].CopyTo(words.AsSpan(held));
                piece = piece[count..];
                if ((held += count) < needed) return;
                Add(sender, next++, words.AsSpan(0, needed));
                held = 0;
            }
        };
    }

    public void SubtractSelfMask(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed) => _masks.Add(new(AggregationKeys.SelfMask(context, owner, seed), Subtracts: true));

    public void ApplyPairwiseMask(RoundContext context, PartyId dropped, AgreementKey droppedKey, PartyId neighbour, ReadOnlySpan<byte> neighbourMaskKey) =>
        _masks.Add(new(AggregationKeys.PairwiseMask(context, dropped, droppedKey, neighbour, neighbourMaskKey), dropped.CompareTo(neighbour) > 0));

    /// <summary>Every recipient's sum with all collected masks taken off, as words.</summary>
    public ulong[][] Unmasked() => [.. Enumerable.Range(0, layout.Recipients.Length).Select(Unmasked)];

    public void Dispose()
    {
        foreach (var mask in _masks) CryptographicOperations.ZeroMemory(mask.Key);
    }

    private ulong[] Unmasked(int recipient)
    {
        var (name, key) = layout.Recipients[recipient];
        MaskKey[] masks = [.. _masks.Select(m => m with { Key = AggregationKeys.ForRecipient(m.Key, name, key.KeyId.AsSpan(), layout.Values) })];
        var words = new ulong[layout.WordsPerRecipient];
        for (var batch = 0; batch < layout.Batches; batch++)
        {
            var slot = (recipient * layout.Batches) + batch;
            var removed = new Plaintexts(layout.CountOf(batch), key.Words);
            foreach (var mask in masks) ResidueMask.Apply(key, mask.Key, batch * CiphertextLayout.Batch, mask.Subtracts, removed);
            var sum = key.AddPlain(_sums[slot] ?? throw new InvalidOperationException("Nobody has contributed."), removed, CiphertextLayout.Computing);
            CiphertextLayout.Write(sum, words.AsSpan(batch * CiphertextLayout.Batch * layout.WordsEach, sum.Count * layout.WordsEach));
            _sums[slot] = null;   // the words are kept instead
        }
        foreach (var mask in masks) CryptographicOperations.ZeroMemory(mask.Key);
        return words;
    }

    private void Add(PartyId sender, int slot, ReadOnlySpan<ulong> words)
    {
        var (recipient, batch) = Math.DivRem(slot, layout.Batches);
        var (name, key) = layout.Recipients[recipient];
        try
        {
            var ciphertexts = CiphertextLayout.Read(key, words, layout.CountOf(batch));
            _sums[slot] = _sums[slot] is { } sum ? key.Add(sum, ciphertexts, CiphertextLayout.Computing) : ciphertexts;
        }
        catch (CryptographicException refused)
        {
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"Message from {sender} at {step} holds what is no ciphertext under {name}'s key: {refused.Message}", step.Path, sender);
        }
    }
}
