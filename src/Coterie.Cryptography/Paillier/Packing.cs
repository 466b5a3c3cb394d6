using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// How many signed integers travel in one plaintext: slots side by side, each with room for sums. A value v in [-2^(V-1), 2^(V-1)) is stored as
/// v + 2^(V-1), so that no slot is ever negative and none borrows from its neighbour; a slot has V + G bits, so that 2^G contributions fit without a
/// carry into the next. A contribution that is multiplied by a factor f counts |f| times.
/// </summary>
/// <remarks>Both parties have to mean the same layout, and the one who unpacks has to know how often values were added: a count that is too small goes unnoticed where the values happen to be small.</remarks>
public sealed record Packing
{
    private const int MaximumSlotBits = 126;

    /// <summary>A layout.</summary>
    /// <param name="valueBits">V: bits of a value, its sign included; 1 or more.</param>
    /// <param name="guardBits">G: the logarithm of how many contributions a sum has at most; 0 to 62.</param>
    /// <exception cref="ArgumentOutOfRangeException">Out of these ranges, or more than 126 bits together.</exception>
    public Packing(int valueBits, int guardBits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(valueBits, 1);
        if (guardBits is < 0 or > 62) throw new ArgumentOutOfRangeException(nameof(guardBits), guardBits, "A packing has 0 to 62 guard bits.");
        if (valueBits > MaximumSlotBits - guardBits) throw new ArgumentOutOfRangeException(nameof(valueBits), valueBits, $"A slot has at most {MaximumSlotBits} bits, {guardBits} of which are guard bits.");
        (ValueBits, GuardBits) = (valueBits, guardBits);
    }

    /// <summary>V: bits of a value, its sign included.</summary>
    public int ValueBits { get; }

    /// <summary>G: the logarithm of <see cref="MaximumContributions"/>.</summary>
    public int GuardBits { get; }

    /// <summary>V + G.</summary>
    public int SlotBits => ValueBits + GuardBits;

    /// <summary>How many contributions fit, each counted as often as it is added or subtracted.</summary>
    public long MaximumContributions => 1L << GuardBits;

    /// <summary>The least value.</summary>
    public Int128 Minimum => -Offset;

    /// <summary>The greatest value.</summary>
    public Int128 Maximum => Offset - 1;

    private Int128 Offset => Int128.One << (ValueBits - 1);

    private UInt128 Whole => (UInt128.One << ValueBits) - 1;

    /// <summary>Values in one plaintext under a key: all slots together stay below n/2 or so, and below n in any case.</summary>
    /// <exception cref="ArgumentException">Not even one fits.</exception>
    public int SlotsPerPlaintext(PaillierPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return (key.Bits - 1) / SlotBits is > 0 and var slots ? slots : throw new ArgumentException($"A key of {key.Bits} bits has no room for a slot of {SlotBits} bits.", nameof(key));
    }

    /// <summary>Plaintexts that so many values take.</summary>
    public int PlaintextsFor(PaillierPublicKey key, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var slots = SlotsPerPlaintext(key);
        return (int)(((long)count + slots - 1) / slots);
    }

    /// <summary>Packs values; slots beyond the last one stay empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value, named by its index, that has more than <see cref="ValueBits"/> bits.</exception>
    public Plaintexts Pack(PaillierPublicKey key, ReadOnlySpan<long> values)
    {
        var (slots, result) = (SlotsPerPlaintext(key), new Plaintexts(PlaintextsFor(key, values.Length), key.Words));
        for (var i = 0; i < values.Length; i++) Put(result[i / slots], i % slots, values[i], i);
        return result;
    }

    /// <inheritdoc cref="Pack(PaillierPublicKey, ReadOnlySpan{long})"/>
    public Plaintexts Pack(PaillierPublicKey key, ReadOnlySpan<Int128> values)
    {
        var (slots, result) = (SlotsPerPlaintext(key), new Plaintexts(PlaintextsFor(key, values.Length), key.Words));
        for (var i = 0; i < values.Length; i++) Put(result[i / slots], i % slots, values[i], i);
        return result;
    }

    /// <summary>Reads what packed values were added up to.</summary>
    /// <param name="key">The key they were packed for.</param>
    /// <param name="plaintexts">The sums.</param>
    /// <param name="count">How many values each contribution had.</param>
    /// <param name="added">How many contributions were added, one multiplied by f counting f times.</param>
    /// <param name="subtracted">How many were subtracted, one multiplied by -f counting f times.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one contribution, or more than <see cref="MaximumContributions"/>.</exception>
    /// <exception cref="ArgumentException">Another number of plaintexts than so many values take.</exception>
    /// <exception cref="CryptographicException">A slot with a sum that so many contributions cannot have, or something outside all slots.</exception>
    public Int128[] Unpack(PaillierPublicKey key, Plaintexts plaintexts, int count, long added, long subtracted = 0)
    {
        ArgumentNullException.ThrowIfNull(plaintexts);
        var slots = SlotsPerPlaintext(key);
        CheckContributions(added, subtracted);
        key.Check(plaintexts);
        if (plaintexts.Count != PlaintextsFor(key, count)) throw new ArgumentException($"{count} values take {PlaintextsFor(key, count)} plaintexts, not {plaintexts.Count}.", nameof(plaintexts));
        // What was subtracted is lifted by the most that it can be: from then on no slot is negative.
        var lift = (UInt128)subtracted * Whole;
        var most = lift + ((UInt128)added * Whole);
        var offset = (Int128)lift + ((added - subtracted) * Offset);
        var (result, sum) = (new Int128[count], new ulong[key.Words]);
        for (var i = 0; i < plaintexts.Count; i++)
        {
            var used = Math.Min(slots, count - (i * slots));
            Lift(key, plaintexts[i], lift, used, sum);
            if (!Slots.IsZeroFrom(sum, used * SlotBits)) throw new CryptographicException($"Plaintext {i} holds more than its {used} slots of {SlotBits} bits.");
            for (var slot = 0; slot < used; slot++)
            {
                var value = Slots.Read(sum, slot * SlotBits, SlotBits);
                if (value > most) throw new CryptographicException($"Value {(i * slots) + slot} is no sum of {added + subtracted} contributions of {ValueBits} bits.");
                result[(i * slots) + slot] = (Int128)value - offset;
            }
        }
        LittleWords.Zero(sum);
        return result;
    }

    private void CheckContributions(long added, long subtracted)
    {
        if (added < 0 || added > MaximumContributions) throw new ArgumentOutOfRangeException(nameof(added), added, $"With {GuardBits} guard bits a sum has 1 to {MaximumContributions} contributions.");
        if (subtracted < 0 || subtracted > MaximumContributions - added) throw new ArgumentOutOfRangeException(nameof(subtracted), subtracted, $"With {GuardBits} guard bits a sum has 1 to {MaximumContributions} contributions, {added} of which were added.");
        if (added + subtracted == 0) throw new ArgumentOutOfRangeException(nameof(added), added, "A sum has at least one contribution.");
    }

    private void Put(Span<ulong> words, int slot, Int128 value, int index)
    {
        if (value < Minimum || value > Maximum) throw new ArgumentOutOfRangeException("values", $"Value {index} does not fit into {ValueBits} bits: it would be from {Minimum} to {Maximum}.");
        var lifted = (UInt128)(value + Offset);
        Slots.Put(words, slot * SlotBits, [Low(lifted), Low(lifted >> 64)]);
    }

    /// <summary>x plus a number in each slot, modulo n.</summary>
    private void Lift(PaillierPublicKey key, ReadOnlySpan<ulong> x, UInt128 lift, int used, Span<ulong> sum)
    {
        sum.Clear();
        for (var slot = 0; slot < used; slot++) Slots.Put(sum, slot * SlotBits, [Low(lift), Low(lift >> 64)]);
        var carry = UInt128.Zero;
        for (var i = 0; i < sum.Length; i++)
        {
            carry += (UInt128)sum[i] + x[i];
            sum[i] = Low(carry);
            carry >>= 64;
        }
        LittleWords.SubtractOnce(sum, Low(carry), key.Modulus, sum);
    }

    private static ulong Low(UInt128 x) => unchecked((ulong)x);
}
