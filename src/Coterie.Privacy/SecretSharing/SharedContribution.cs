using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.SecretSharing;

/// <summary>One party's shares of a participant's contribution, all blocks one after the other.</summary>
/// <param name="Names">The blocks' names.</param>
/// <param name="Shapes">Their rows, columns, and bits after the point.</param>
/// <param name="Values">The shares.</param>
internal sealed record SharedContribution(string[] Names, (int Rows, int Columns, int FractionBits)[] Shapes, ulong[] Values)
{
    /// <summary>Of blocks that came out of a round; what one party knows becomes a share, too.</summary>
    public static SharedContribution Of(Blocks<TwoPartyMatrix> blocks)
    {
        var shapes = blocks.Values.Select(v => (v.Rows, v.Columns, v.FractionBits)).ToArray();
        return new SharedContribution([.. blocks.Names], shapes, [.. blocks.Values.SelectMany(v => v.ToShare(v.FractionBits).Values.ToArray())]);
    }

    /// <summary>Whether the other has the same blocks in the same format.</summary>
    public bool IsLike(SharedContribution other) => Names.SequenceEqual(other.Names) && Shapes.SequenceEqual(other.Shapes);

    /// <summary>Adds another's shares, modulo 2^64.</summary>
    public void Add(ReadOnlySpan<ulong> shares)
    {
        for (var i = 0; i < Values.Length; i++) Values[i] = unchecked(Values[i] + shares[i]);
    }

    /// <summary>The numbers that the values stand for, once everybody's shares are in them.</summary>
    public Blocks<Matrix> Open()
    {
        var (at, opened) = (0, new Matrix[Shapes.Length]);
        for (var i = 0; i < Shapes.Length; i++)
        {
            var (rows, columns, bits) = Shapes[i];
            opened[i] = TwoPartyFormat.Decode(new RingMatrix(rows, columns, Values[at..(at += rows * columns)]), bits);
        }
        return new Blocks<Matrix>([.. Names], [.. opened]);
    }
}
