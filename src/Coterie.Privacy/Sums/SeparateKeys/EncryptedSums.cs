using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// The coordinator's sums, one under every key, that grow as contributions arrive. Unmasking adds public plaintexts: nothing is re-randomised, as nobody
/// can learn from randomness that is the product of the contributors' own, and anybody who has the contributions can check the sums.
/// </summary>
internal sealed class EncryptedSums(CiphertextLayout layout, StepTag step) : CollectedMasks
{
    private readonly Ciphertexts?[] _sums = new Ciphertexts?[layout.Recipients.Length * layout.Batches];

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

    /// <summary>Every recipient's sum with all collected masks taken off, as words.</summary>
    public ulong[][] Unmasked() => [.. Enumerable.Range(0, layout.Recipients.Length).Select(Unmasked)];

    private ulong[] Unmasked(int recipient)
    {
        var (name, key) = layout.Recipients[recipient];
        using var masks = new RecipientMasks(Masks, name, key, layout.Values);
        var words = new ulong[layout.WordsPerRecipient];
        for (var batch = 0; batch < layout.Batches; batch++)
        {
            var slot = (recipient * layout.Batches) + batch;
            var removed = new Plaintexts(layout.CountOf(batch), key.Words);
            masks.Apply(batch * CiphertextLayout.Batch, removed);
            var sum = key.AddPlain(_sums[slot] ?? throw new InvalidOperationException("Nobody has contributed."), removed, CiphertextLayout.Computing);
            CiphertextLayout.Write(sum, words.AsSpan(batch * CiphertextLayout.Batch * layout.WordsEach, sum.Count * layout.WordsEach));
            _sums[slot] = null;   // the words are kept instead
        }
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
