using System.Security.Cryptography;
using Coterie.Core.Arithmetic;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// Matrix products of what the two parties know by Paillier's encryption under the first party's key, unless rows get longer by it; everything else by oblivious transfer. The first sends its factor encrypted, the second
/// multiplies with its numbers, masks plaintexts as a whole by a uniform number, makes the randomness afresh, and sends; the first decrypts. Shares are exact but for the last place.
/// </summary>
/// <remarks>
/// Learns: the second party ciphertexts; the first uniform plaintexts, whatever the second's numbers are, and ciphertexts within 2^-80 of uniform ones of it.
/// Messages of a step: <c>encrypted</c>, <c>blinded</c>.
/// </remarks>
internal sealed class ProductsByPaillier : ICrossProducts
{
    private readonly int _keyBits;
    private readonly EncryptedFactors? _factors;
    private readonly PaillierPublicKey? _key;
    private readonly Func<CancellationToken, ValueTask<Rerandomizer>>? _rerandomizer;
    private readonly PaillierOptions _options;
    private readonly Func<int, ReadOnlyMemory<byte>, CancellationToken, ValueTask>? _claim;

    private ProductsByPaillier(
        int keyBits, PaillierOptions options, EncryptedFactors? factors = null, PaillierPublicKey? key = null, Func<CancellationToken, ValueTask<Rerandomizer>>? rerandomizer = null,
        Func<int, ReadOnlyMemory<byte>, CancellationToken, ValueTask>? claim = null) =>
        (_keyBits, _options, _factors, _key, _rerandomizer, _claim) = (keyBits, options, factors, key, rerandomizer, claim);

    /// <summary>The first party's side, which has the key.</summary>
    /// <param name="factors">Of one round.</param>
    public static ProductsByPaillier OfOwner(EncryptedFactors factors) => new(factors.Key.PublicKey.Bits, factors.Options, factors);

    /// <summary>The second party's side.</summary>
    /// <param name="key">The first party's.</param>
    /// <param name="rerandomizer">Of a run: it has tables, and is asked for when a product under the key is due. Its y has to be the same after a restart.</param>
    /// <param name="options">How.</param>
    /// <param name="claim">Records durably, by the number of the step and before it leaves, the digest of an answer: what is masked by a step's masks is one thing only. Null where nobody restarts.</param>
    public static ProductsByPaillier OfHolder(
        PaillierPublicKey key, Func<CancellationToken, ValueTask<Rerandomizer>> rerandomizer, PaillierOptions options, Func<int, ReadOnlyMemory<byte>, CancellationToken, ValueTask>? claim = null) =>
        new(key.Bits, options, null, key, rerandomizer, claim);

    /// <summary>For counting under a key of so many bits.</summary>
    public static ProductsByPaillier Counting(int keyBits) => new(keyBits, PaillierOptions.Default);

    /// <inheritdoc/>
    public async ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> products, CancellationToken cancellationToken)
    {
        // Of two known factors there is one product, and it is all there is in its step.
        if (products is not [{ IsOfKnown: true, Kind: CrossProductKind.Matrix } product] || IsSpread(product)) return await ProductsByTransfers.Instance.ShareAsync(link, products, cancellationToken);
        var isTransposed = product.LeftHolder == ValueHolder.First;
        var (rows, inner, columns) = product.Shape;
        var packed = isTransposed
            ? new PackedProduct((columns, inner, rows), _keyBits)
            : new PackedProduct(product.Shape, _keyBits);
        using var step = link.Begin();
        if (link.Tally is { } tally)
        {
            tally.Add(ValueHolder.First, BytesOf(packed.FactorCount));
            tally.Add(ValueHolder.Second, BytesOf(packed.ResultCount));
            return [new RingMatrix(rows, columns, new ulong[rows * columns])];
        }
        var mine = link.Format.Self == product.LeftHolder ? product.Left! : product.Right!;
        if (isTransposed) mine = mine.Transpose();
        var share = link.Format.IsFirst ? await OwnAsync(step, packed, mine, cancellationToken) : await HoldAsync(link, step, packed, mine, cancellationToken);
        return [isTransposed ? share.Transpose() : share];
    }

    /// <inheritdoc/>
    /// <remarks>Products under the key stay as they are: what the owner encrypts is the factor.</remarks>
    public bool IsPreparable(IReadOnlyList<CrossProduct> products) => products is not [{ IsOfKnown: true, Kind: CrossProductKind.Matrix } product] || IsSpread(product);

    /// <summary>
    /// Whether a row of the result is longer than a row that the second party brings: then there is nothing to gather in a ciphertext, and answers take more than rows would. By oblivious transfer that is
    /// many times quicker, for a few more bytes.
    /// </summary>
    private static bool IsSpread(CrossProduct product) => product.Shape.Inner < (product.LeftHolder == ValueHolder.First ? product.Shape.Rows : product.Shape.Columns);

    private async Task<RingMatrix> OwnAsync(TwoPartyLink.Step step, PackedProduct packed, RingMatrix factor, CancellationToken cancellationToken)
    {
        var key = _factors!.Key;
        await step.SendAsync("encrypted", _factors.Of(packed, factor), cancellationToken);
        var blinded = await step.ReceiveAsync("blinded", BytesOf(packed.ResultCount), cancellationToken);
        return step.Checked(() => packed.Open(key, key.PublicKey.FromBytes(blinded.Span, packed.ResultCount), _options));
    }

    private async Task<RingMatrix> HoldAsync(TwoPartyLink link, TwoPartyLink.Step step, PackedProduct packed, RingMatrix rows, CancellationToken cancellationToken)
    {
        var (key, rerandomizer) = (_key!, await _rerandomizer!(cancellationToken));
        var encrypted = await step.ReceiveAsync("encrypted", BytesOf(packed.FactorCount), cancellationToken);
        var factor = step.Checked(() => key.FromBytes(encrypted.Span, packed.FactorCount));
        var (masked, shares) = packed.Mask(packed.Multiply(factor, rows, _options), rerandomizer, link.Random, _options);
        var blinded = key.ToBytes(masked);
        if (_claim is not null) await _claim(link.Steps, SHA256.HashData(blinded), cancellationToken);
        await step.SendAsync("blinded", blinded, cancellationToken);
        return shares;
    }

    private long BytesOf(int ciphertexts) => (long)ciphertexts * (2 * _keyBits / 8);
}
