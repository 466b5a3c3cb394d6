using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// One party's shares of a Beaver triple ("Efficient multiparty protocols using circuit randomization", CRYPTO 1991): uniform factors A and B that nobody
/// knows, and C = A B modulo 2^64. It is taken once: two products with one triple would tell the difference of their factors.
/// </summary>
public sealed class Triple : IDisposable
{
    private readonly ulong[] _left;
    private readonly ulong[] _right;
    private readonly ulong[] _product;
    private bool _taken;

    internal Triple(ProductShape shape, ulong[] left, ulong[] right, ulong[] product) => (Shape, _left, _right, _product) = (shape, left, right, product);

    /// <summary>What is multiplied.</summary>
    public ProductShape Shape { get; }

    /// <summary>The shares, which the caller zeroes after use.</summary>
    /// <exception cref="InvalidOperationException">They were taken before.</exception>
    public (ulong[] Left, ulong[] Right, ulong[] Product) Take()
    {
        if (_taken) throw new InvalidOperationException("The triple was taken before; nothing is used twice.");
        var shares = ((ulong[])_left.Clone(), (ulong[])_right.Clone(), (ulong[])_product.Clone());
        Dispose();
        return shares;
    }

    /// <summary>Zeroes the shares.</summary>
    public void Dispose()
    {
        _taken = true;
        foreach (var share in new[] { _left, _right, _product }) CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(share.AsSpan()));
    }
}
