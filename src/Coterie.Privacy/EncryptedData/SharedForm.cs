using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.EncryptedData;

/// <summary>A block that participants split into shares.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Rows at one participant.</param>
/// <param name="Columns">Columns.</param>
/// <param name="FractionBits">Bits after the point.</param>
/// <param name="Bound">Largest absolute number that may be shared.</param>
/// <param name="IsPerRow">Whether it has a row for every row of data: those of several participants are then put under one another. Else it is a sum over rows, and they are added.</param>
internal sealed record SharedBlock(string Name, int Rows, int Columns, int FractionBits, double Bound, bool IsPerRow)
{
    /// <summary>Entries.</summary>
    public long Length => (long)Rows * Columns;
}

/// <summary>All that a participant splits into shares, one block after the other; everybody knows it once it is known how many rows there are.</summary>
internal sealed record SharedForm(ImmutableArray<SharedBlock> Blocks)
{
    /// <summary>Entries that a participant may share: what one vector and the memory for it hold.</summary>
    public const int MostEntries = 1 << 26;

    /// <summary>Entries of all blocks.</summary>
    public long Length => Blocks.Sum(b => b.Length);

    /// <summary>The same for participants whose blocks can be put together.</summary>
    public string Kind => string.Join(' ', Blocks.Select(b => FormattableString.Invariant($"{b.Name} {(b.IsPerRow ? -1 : b.Rows)} {b.Columns}")));

    /// <summary>Ring elements of a participant's numbers.</summary>
    /// <exception cref="ShardException">One of them is too large, or none.</exception>
    public ulong[] Encode(Blocks<Matrix> values)
    {
        var (encoded, at) = (new ulong[Length], 0);
        foreach (var block in Blocks)
        {
            var value = values[block.Name];
            if (value.Rows != block.Rows || value.Columns != block.Columns)
                throw new InvalidOperationException($"Block '{block.Name}' is {value.Rows} x {value.Columns}; on shapes it was {block.Rows} x {block.Columns}.");
            try
            {
                new FixedPoint(block.FractionBits, block.Bound).Encode(value.Values, encoded.AsSpan(at, value.Values.Length));
            }
            catch (ValueOutOfRangeException)
            {
                // Which number it is says nothing here that may be written down.
                throw new ShardException(FormattableString.Invariant($"A number of '{block.Name}', which the learner makes of this participant's rows, is beyond {block.Bound:G4}, the range of numbers on shares. Standardised features would help (preprocessing: [ standardize ])."));
            }
            at += value.Values.Length;
        }
        return encoded;
    }
}
