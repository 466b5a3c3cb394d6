using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// How a contribution lies in ciphertexts: for each key in roster order the same number of them, as vectors of 64-bit words. The first slot of each is a
/// check, the others are entries.
/// </summary>
internal sealed class CiphertextLayout
{
    /// <summary>Ciphertexts that are worked on at a time: lanes are full, and a step's memory stays small.</summary>
    public const int Batch = 64;

    private const int ValueBits = 64;

    public CiphertextLayout(RunKeys keys, Roster roster, SumRequest request)
    {
        Recipients = [.. keys.Members.Indices.Select(i => new Recipient(roster.Participants[i], keys.Keys[i].Paillier))];
        var key = Recipients[0].Key;
        Packing = PackingFor(roster.Participants.Length);
        Slots = Packing.SlotsPerPlaintext(key);
        EntriesEach = Slots - 1;
        Ciphertexts = (request.Length + EntriesEach - 1) / EntriesEach;
        WordsEach = key.CiphertextBytes / sizeof(ulong);
        Values = request.Length;
        if ((long)Ciphertexts * WordsEach * Recipients.Length > int.MaxValue)
            throw new ProtocolException(
                ProtocolErrorCode.InvalidContribution, $"{request.Length} entries for {Recipients.Length} keys at {request.Step} are too many: at most {int.MaxValue} words of ciphertexts are sent at once.", request.Step.Path);
        WordsPerRecipient = Ciphertexts * WordsEach;
        Words = WordsPerRecipient * Recipients.Length;
    }

    /// <summary>Whose key, and the key.</summary>
    public sealed record Recipient(PartyId Name, PaillierPublicKey Key);

    public ImmutableArray<Recipient> Recipients { get; }

    /// <summary>Signed 64-bit entries with room for the sum of all participants.</summary>
    public Packing Packing { get; }

    /// <summary>Slots of a ciphertext: a check and entries.</summary>
    public int Slots { get; }

    /// <summary>Entries in one ciphertext.</summary>
    public int EntriesEach { get; }

    /// <summary>Entries of a contribution.</summary>
    public int Values { get; }

    /// <summary>Ciphertexts for each recipient.</summary>
    public int Ciphertexts { get; }

    /// <summary>64-bit words of a ciphertext.</summary>
    public int WordsEach { get; }

    public int WordsPerRecipient { get; }

    /// <summary>Of a contribution, for all recipients.</summary>
    public int Words { get; }

    /// <summary>Batches of each recipient's ciphertexts.</summary>
    public int Batches => (Ciphertexts + Batch - 1) / Batch;

    public static Packing PackingFor(int participants) => new(ValueBits, participants <= 1 ? 0 : 32 - BitOperations.LeadingZeroCount((uint)participants - 1));

    public static PaillierOptions Computing { get; } = new(Threads: Environment.ProcessorCount);

    /// <summary>Ciphertexts of a batch; the last one may be short.</summary>
    public int CountOf(int batch) => Math.Min(Batch, Ciphertexts - (batch * Batch));

    /// <summary>Entries of a batch: where they begin, and how many.</summary>
    public (int Start, int Length) EntriesOf(int batch)
    {
        var start = batch * Batch * EntriesEach;
        return (start, Math.Min(CountOf(batch) * EntriesEach, Values - start));
    }

    /// <summary>Plaintexts of a batch.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="batch">Which.</param>
    /// <param name="values">All entries.</param>
    /// <param name="checks">All checks, one for each ciphertext.</param>
    public Plaintexts Pack(PaillierPublicKey key, int batch, ReadOnlySpan<long> values, ReadOnlySpan<ulong> checks)
    {
        var (start, length) = EntriesOf(batch);
        var entries = values.Slice(start, length);
        var slots = new long[length + CountOf(batch)];
        for (var i = 0; i < CountOf(batch); i++)
        {
            slots[i * Slots] = unchecked((long)checks[(batch * Batch) + i]);   // its bits
            entries[(i * EntriesEach)..Math.Min(length, (i + 1) * EntriesEach)].CopyTo(slots.AsSpan((i * Slots) + 1));
        }
        var packed = Packing.Pack(key, slots);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(slots.AsSpan()));
        return packed;
    }

    /// <summary>As words.</summary>
    public static void Write(Ciphertexts ciphertexts, Span<ulong> words)
    {
        ciphertexts.Key.ToBytes(ciphertexts).CopyTo(MemoryMarshal.AsBytes(words));
        if (!BitConverter.IsLittleEndian) System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, words);
    }

    /// <summary>Of words.</summary>
    /// <exception cref="CryptographicException">One is no ciphertext under the key.</exception>
    public static Ciphertexts Read(PaillierPublicKey key, ReadOnlySpan<ulong> words, int count)
    {
        if (BitConverter.IsLittleEndian) return key.FromBytes(MemoryMarshal.AsBytes(words), count);
        var reversed = words.ToArray();
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(words, reversed);
        return key.FromBytes(MemoryMarshal.AsBytes(reversed.AsSpan()), count);
    }
}
