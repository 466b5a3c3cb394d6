using System.Numerics.Tensors;
using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.TwoParty;

/// <summary>Products of matrices over Z_2^64 that one party holds.</summary>
internal static class RingProducts
{
    /// <summary>The matrix product, modulo 2^64.</summary>
    public static RingMatrix Multiply(RingMatrix left, RingMatrix right)
    {
        var result = new ulong[left.Rows * right.Columns];
        RingKernels.Multiply(left.Values, right.Values, result, left.Rows, left.Columns, right.Columns);
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
