using System.Numerics.Tensors;
using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty;

/// <summary>Products of matrices over Z_2^64 that one party holds.</summary>
internal static class RingProducts
{
    /// <summary>The matrix product, modulo 2^64.</summary>
    public static RingMatrix Multiply(RingMatrix left, RingMatrix right)
    {
        var result = new ulong[left.Rows * right.Columns];
        for (var i = 0; i < left.Rows; i++)
        {
            var row = result.AsSpan(i * right.Columns, right.Columns);
            for (var k = 0; k < left.Columns; k++)
            {
                var factor = left.Values[(i * left.Columns) + k];
                if (right.Columns == 1) row[0] = unchecked(row[0] + (factor * right.Values[k]));
                else TensorPrimitives.MultiplyAdd(right.Values.Slice(k * right.Columns, right.Columns), factor, row, row);
            }
        }
        return new RingMatrix(left.Rows, right.Columns, result);
    }

    /// <summary>The product entry by entry, modulo 2^64.</summary>
    public static RingMatrix Hadamard(RingMatrix left, RingMatrix right)
    {
        var result = new ulong[left.Values.Length];
        TensorPrimitives.Multiply(left.Values, right.Values, result);
        return new RingMatrix(left.Rows, left.Columns, result);
    }
}
