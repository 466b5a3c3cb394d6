using System.Runtime.InteropServices;
using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// Products X Y from random ones (Beaver, "Efficient multiparty protocols using circuit randomization", CRYPTO 1991), matrix by matrix. Ahead, the holder of X takes a uniform A, that of Y a
/// uniform B, and A B is shared by oblivious transfer. Then each sends its factor minus its random one, which is uniform, and X Y = A B + X (Y - B) + (X - A) B.
/// </summary>
/// <remarks>Of bits that scale rows see <see cref="PreparedMarks"/>. All sums are modulo 2^64.</remarks>
internal static class PreparedProducts
{
    /// <summary>What does not depend on factors.</summary>
    public static async ValueTask PrepareAsync(TwoPartyLink link, ProductStep step, PreparedPieces pieces, CancellationToken cancellationToken)
    {
        var products = step.Products.Select(p => Random(p, link)).ToArray();
        var shares = await ProductsByTransfers.Instance.ShareAsync(link, products, cancellationToken);
        for (var i = 0; i < products.Length; i++)
        {
            await pieces.WriteAsync(PreparedPieces.ToBytes((products[i].Left ?? products[i].Right)!.Values), cancellationToken);
            await pieces.WriteAsync(PreparedPieces.ToBytes(shares[i].Values), cancellationToken);
        }
    }

    /// <summary>The rest: half a round trip.</summary>
    public static async ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> products, PreparedPieces pieces, PreparedClaim claim, CancellationToken cancellationToken)
    {
        using var step = link.Begin();
        var (masks, shares) = (new RingMatrix[products.Count], new RingMatrix[products.Count]);
        for (var i = 0; i < products.Count; i++)
        {
            var (product, isLeft) = (products[i], IsLeft(products[i], link));
            var wide = Wide(product);
            var (rows, columns) = FactorOf(wide, isLeft);
            masks[i] = new RingMatrix(rows, columns, await pieces.ReadWordsAsync(rows * columns, cancellationToken));
            shares[i] = new RingMatrix(wide.Shape.Rows, wide.Shape.Columns, await pieces.ReadWordsAsync(wide.Shape.Rows * wide.Shape.Columns, cancellationToken));
            var mine = (isLeft ? product.Left : product.Right)!;
            var difference = IsOfMarks(product) && isLeft ? PreparedMarks.Differences(mine, masks[i]) : PreparedPieces.ToBytes((mine - masks[i]).Values);
            await claim.ClaimAsync($"difference-{i}", difference, cancellationToken);
            await step.SendAsync($"difference-{i}", difference, cancellationToken);
        }
        for (var i = 0; i < products.Count; i++)
        {
            var (product, isLeft) = (products[i], IsLeft(products[i], link));
            var theirs = await step.ReceiveAsync($"difference-{i}", DifferenceBytes(product, !isLeft), cancellationToken);
            shares[i] = IsOfMarks(product) ? PreparedMarks.Share(product, isLeft, masks[i], shares[i], theirs.Span) : Share(product, isLeft, masks[i], shares[i], theirs.Span);
        }
        return shares;
    }

    /// <summary>Bytes that the holder of a factor sends.</summary>
    public static long DifferenceBytes(CrossProduct product, bool isLeft)
    {
        var (rows, columns) = FactorOf(Wide(product), isLeft);
        return IsOfMarks(product) && isLeft ? PreparedMarks.DifferenceBytes(rows) : (long)rows * columns * sizeof(ulong);
    }

    /// <summary>The product of random factors: their entries have all bits; rows that bits scale are added up only when the bits are there.</summary>
    public static CrossProduct Wide(CrossProduct product)
    {
        var (rows, inner, columns) = product.Shape;
        return IsOfMarks(product) ? product with { Shape = (rows * inner, 1, columns) } : product with { Bits = (64, 64) };
    }

    private static bool IsOfMarks(CrossProduct product) => product.Kind == CrossProductKind.Scaled;

    private static RingMatrix Share(CrossProduct product, bool isLeft, RingMatrix mask, RingMatrix share, ReadOnlySpan<byte> difference)
    {
        var (rows, columns) = FactorOf(product, !isLeft);
        var theirs = new RingMatrix(rows, columns, PreparedPieces.FromBytes(difference));
        return share + (isLeft ? Product(product, product.Left!, theirs) : Product(product, theirs, mask));
    }

    private static CrossProduct Random(CrossProduct product, TwoPartyLink link)
    {
        var (wide, isLeft) = (Wide(product), IsLeft(product, link));
        var (rows, columns) = FactorOf(wide, isLeft);
        var values = new ulong[checked(rows * columns)];
        link.Random.Fill(MemoryMarshal.AsBytes(values.AsSpan()));
        var mask = new RingMatrix(rows, columns, values);
        if (IsOfMarks(product) && isLeft) mask = PreparedMarks.Mask(mask);
        return wide with { Left = isLeft ? mask : null, Right = isLeft ? null : mask };
    }

    private static bool IsLeft(CrossProduct product, TwoPartyLink link) => product.LeftHolder == link.Format.Self;

    private static (int Rows, int Columns) FactorOf(CrossProduct product, bool isLeft)
    {
        var (rows, inner, columns) = product.Shape;
        return product.Kind switch
        {
            CrossProductKind.Entrywise => (rows, columns),
            CrossProductKind.Scaled when !isLeft => (rows * inner, columns),
            _ => isLeft ? (rows, inner) : (inner, columns),
        };
    }

    private static RingMatrix Product(CrossProduct product, RingMatrix left, RingMatrix right) =>
        product.IsEntrywise ? RingProducts.Hadamard(left, right) : RingProducts.Multiply(left, right);
}
