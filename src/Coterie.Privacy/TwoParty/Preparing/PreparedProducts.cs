using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Arithmetic;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// Products X Y from random ones (Beaver, "Efficient multiparty protocols using circuit randomization", CRYPTO 1991), matrix by matrix. Ahead, the holder of X takes a uniform A, that of Y a
/// uniform B, and A B is shared by oblivious transfer. Then each sends its factor minus its random one, which is uniform, and X Y = A B + X (Y - B) + (X - A) B.
/// </summary>
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
            var ((rows, columns), product) = (FactorOf(products[i], IsLeft(products[i], link)), products[i].Shape);
            masks[i] = new RingMatrix(rows, columns, await pieces.ReadWordsAsync(rows * columns, cancellationToken));
            shares[i] = new RingMatrix(product.Rows, product.Columns, await pieces.ReadWordsAsync(product.Rows * product.Columns, cancellationToken));
            var difference = PreparedPieces.ToBytes((Mine(products[i], link) - masks[i]).Values);
            await claim.ClaimAsync($"difference-{i}", difference, cancellationToken);
            await step.SendAsync($"difference-{i}", difference, cancellationToken);
        }
        for (var i = 0; i < products.Count; i++)
        {
            var isLeft = IsLeft(products[i], link);
            var (rows, columns) = FactorOf(products[i], !isLeft);
            var bytes = await step.ReceiveAsync($"difference-{i}", (long)rows * columns * sizeof(ulong), cancellationToken);
            var theirs = new RingMatrix(rows, columns, PreparedPieces.FromBytes(bytes.Span));
            shares[i] += isLeft ? Product(products[i], products[i].Left!, theirs) : Product(products[i], theirs, masks[i]);
        }
        return shares;
    }

    /// <summary>Bytes that the holder of a factor sends.</summary>
    public static long DifferenceBytes(CrossProduct product, bool isLeft) => FactorOf(product, isLeft) is var (rows, columns) ? (long)rows * columns * sizeof(ulong) : 0;

    /// <summary>The product of random factors, whose entries have all bits.</summary>
    public static CrossProduct Wide(CrossProduct product) => product with { Bits = (64, 64) };

    private static CrossProduct Random(CrossProduct product, TwoPartyLink link)
    {
        var isLeft = IsLeft(product, link);
        var (rows, columns) = FactorOf(product, isLeft);
        var values = new ulong[checked(rows * columns)];
        link.Random.Fill(MemoryMarshal.AsBytes(values.AsSpan()));
        var mask = new RingMatrix(rows, columns, values);
        return Wide(product) with { Left = isLeft ? mask : null, Right = isLeft ? null : mask };
    }

    private static bool IsLeft(CrossProduct product, TwoPartyLink link) => product.LeftHolder == link.Format.Self;

    private static RingMatrix Mine(CrossProduct product, TwoPartyLink link) => (IsLeft(product, link) ? product.Left : product.Right)!;

    private static (int Rows, int Columns) FactorOf(CrossProduct product, bool isLeft)
    {
        var (rows, inner, columns) = product.Shape;
        return product.IsEntrywise ? (rows, columns) : isLeft ? (rows, inner) : (inner, columns);
    }

    private static RingMatrix Product(CrossProduct product, RingMatrix left, RingMatrix right) =>
        product.IsEntrywise ? RingProducts.Hadamard(left, right) : RingProducts.Multiply(left, right);
}
