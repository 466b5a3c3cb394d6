using System.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Learning.Neural;

/// <summary>
/// A public random rotation: coordinates permuted, signs drawn, then Hadamard's matrix over blocks of a power of two. Its inverse undoes it to rounding.
/// </summary>
internal sealed class RandomRotation
{
    /// <summary>Long enough that coordinates of one vector become alike, short enough that filling the last block costs little.</summary>
    private const int LargestBlock = 64;

    private const ulong StreamOfRotations = 0x6E_6574_726BUL << 24;

    private readonly int[] _order;
    private readonly double[] _signs;
    private readonly int _length, _block;

    private RandomRotation(int length, SeededRandom random)
    {
        (_length, _block) = (length, BlockOf(length));
        _order = [.. Enumerable.Range(0, PaddedLength(length))];
        random.Shuffle<int>(_order);
        var scale = 1 / Math.Sqrt(_block);
        _signs = new double[_order.Length];
        for (var i = 0; i < _signs.Length; i++) _signs[i] = (random.NextUInt64() >> 63) == 0 ? scale : -scale;
    }

    /// <summary>The rotation of a round.</summary>
    public static RandomRotation Of(int length, ulong seed, int round) => new(length, new SeededRandom(seed, StreamOfRotations + (ulong)round));

    /// <summary>Coordinates after rotation: whole blocks.</summary>
    public static int PaddedLength(int length) => (length + BlockOf(length) - 1) / BlockOf(length) * BlockOf(length);

    /// <summary>The rotated vector, of padded length.</summary>
    public double[] Forward(ReadOnlySpan<double> values)
    {
        var rotated = new double[_order.Length];
        for (var i = 0; i < rotated.Length; i++) rotated[i] = _order[i] < _length ? _signs[i] * values[_order[i]] : 0;
        Transform(rotated);
        return rotated;
    }

    /// <summary>The vector that was rotated.</summary>
    public double[] Backward(ReadOnlySpan<double> rotated)
    {
        var mixed = rotated.ToArray();
        Transform(mixed);
        var values = new double[_length];
        for (var i = 0; i < mixed.Length; i++)
            if (_order[i] < _length) values[_order[i]] = _signs[i] * mixed[i];
        return values;
    }

    private static int BlockOf(int length) => (int)Math.Min(LargestBlock, BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, length)));

    /// <summary>Hadamard's matrix times every block (Fino, Algazi 1976), without its scale.</summary>
    private void Transform(double[] values)
    {
        for (var half = 1; half < _block; half *= 2)
            for (var start = 0; start < values.Length; start += 2 * half)
                for (var i = start; i < start + half; i++)
                    (values[i], values[i + half]) = (values[i] + values[i + half], values[i] - values[i + half]);
    }
}
