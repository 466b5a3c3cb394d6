using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// How a circuit's output bits add up to numbers modulo 2^64, and how labels become additive shares of those numbers: an output bit leaves the circuit as a projection gate from labels to
/// the ring (Ball, Malkin, Rosulek, "Garbling gadgets for Boolean and arithmetic circuits", CCS 2016), one row of 8 bytes.
/// </summary>
/// <remarks>
/// The evaluator's share of bit b of weight w is H(its label), plus the row where the label's colour is 1; the garbler's is what is missing to b w. The row hides itself behind the hash of the
/// label that the evaluator does not have. H is <see cref="CorrelationHash"/> under a key of the batch.
/// </remarks>
public sealed class OutputProjection
{
    private readonly ImmutableArray<(int Word, ulong Weight)> _bits;
    private readonly ImmutableArray<ulong> _constants;

    internal OutputProjection(ImmutableArray<(int Word, ulong Weight)> bits, ImmutableArray<ulong> constants) => (_bits, _constants) = (bits, constants);

    /// <summary>Output bits of an instance.</summary>
    public int Bits => _bits.Length;

    /// <summary>Numbers of an instance.</summary>
    public int Words => _constants.Length;

    /// <summary>Whether every number is one output bit, or 1 minus it, times a constant: then each has an exclusive-or share, too.</summary>
    public bool IsOfMarks => _bits.Length == _constants.Length && Enumerable.Range(0, Words).All(i => _bits[i].Word == i && (_constants[i] == 0 || _constants[i] == unchecked(0 - _bits[i].Weight)));

    /// <summary>Bytes of the rows of so many instances.</summary>
    public int RowBytes(int instances) => checked(instances * Bits * sizeof(ulong));

    /// <summary>The rows, and the garbler's shares: words of an instance one after the other.</summary>
    internal (byte[] Rows, ulong[] Shares) Garble(ReadOnlySpan<UInt128> zeros, UInt128 delta, UInt128 key)
    {
        using var hash = new CorrelationHash(key);
        UInt128[] first = new UInt128[zeros.Length], second = new UInt128[zeros.Length];
        hash.Hash(zeros, 0, first);
        hash.Hash(zeros, delta, second);
        var (rows, shares) = (new ulong[zeros.Length], Constants(zeros.Length));
        unchecked
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var (word, weight) = _bits[i % Bits];
                // The label of colour 0 stands for the bit p, that of colour 1 for 1 - p; masks, no branch.
                ulong p = (ulong)zeros[i] & 1, swap = 0 - p, differ = (ulong)first[i] ^ (ulong)second[i];
                ulong plain = (ulong)first[i] ^ (differ & swap), corrected = (ulong)second[i] ^ (differ & swap);
                var share = (p * weight) - plain;
                rows[i] = ((1 - p) * weight) - share - corrected;
                shares[(i / Bits * Words) + word] += share;
            }
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(first.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(second.AsSpan()));
        return (MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(), shares);
    }

    /// <summary>The evaluator's shares.</summary>
    internal ulong[] Evaluate(ReadOnlySpan<UInt128> labels, ReadOnlySpan<byte> rows, UInt128 key)
    {
        using var hash = new CorrelationHash(key);
        var hashes = new UInt128[labels.Length];
        hash.Hash(labels, 0, hashes);
        var corrections = MemoryMarshal.Cast<byte, ulong>(rows);
        var shares = new ulong[labels.Length / Bits * Words];
        unchecked
        {
            for (var i = 0; i < labels.Length; i++)
                shares[(i / Bits * Words) + _bits[i % Bits].Word] += (ulong)hashes[i] + (corrections[i] & (0 - ((ulong)labels[i] & 1)));
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(hashes.AsSpan()));
        return shares;
    }

    /// <summary>
    /// A party's exclusive-or shares of whether numbers are not 0, words of an instance one after the other: the colours of its labels, which are uniform bits and stay so beside additive shares.
    /// </summary>
    /// <exception cref="InvalidOperationException">Numbers of more than one bit.</exception>
    internal ulong[] Marks(ReadOnlySpan<UInt128> labels, bool isGarbler)
    {
        if (!IsOfMarks) throw new InvalidOperationException("Numbers of more than one output bit have no exclusive-or shares.");
        var marks = new ulong[labels.Length];
        // 1 minus a bit: one of the two parties turns its share.
        for (var i = 0; i < marks.Length; i++) marks[i] = (unchecked((ulong)labels[i]) & 1) ^ (isGarbler && _constants[i % Words] != 0 ? 1UL : 0);
        return marks;
    }

    private ulong[] Constants(int labels)
    {
        var shares = new ulong[labels / Bits * Words];
        for (var i = 0; i < shares.Length; i++) shares[i] = _constants[i % Words];
        return shares;
    }
}
