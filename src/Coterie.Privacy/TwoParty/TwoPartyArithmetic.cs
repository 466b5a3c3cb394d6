using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// Matrix algebra between two parties that do not collude (Demmler, Schneider, Zohner, "ABY", NDSS 2015): additive shares modulo 2^64, products by oblivious transfer or as the mode has them, everything else by
/// garbled circuits. What one party knows alone it computes alone. Against semi-honest parties; each sees uniform numbers only.
/// </summary>
/// <remarks>
/// Numbers have 20 bits after the point when they enter a product, and 40 behind it; digits are dropped when the next product needs the room, inside a circuit, which is exact but for the last place.
/// A step takes one round trip for all entries. Steps follow each other, also those of branches.
/// </remarks>
/// <param name="link">The two parties.</param>
/// <param name="products">How they multiply what one holds with what the other holds; null: by oblivious transfer.</param>
internal sealed class TwoPartyArithmetic(TwoPartyLink link, ICrossProducts? products = null) : IArithmetic<TwoPartyMatrix>
{
    /// <summary>Most bits after the point of a public factor.</summary>
    private const int LargestFactorBits = 30;

    private readonly ICrossProducts _products = products ?? ProductsByTransfers.Instance;

    private TwoPartyFormat Format => link.Format;

    /// <summary>A value that one of the two knows.</summary>
    public TwoPartyMatrix Known(ValueHolder holder, int rows, int columns, Matrix? clear) => TwoPartyMatrix.Known(Format, holder, rows, columns, clear);

    /// <summary>This party's share of a value.</summary>
    public TwoPartyMatrix Shared(RingMatrix share, int fractionBits, RingMatrix? marks = null) => TwoPartyMatrix.Shared(Format, share, fractionBits, marks);

    /// <inheritdoc/>
    public TwoPartyMatrix Public(Matrix value) => Known(ValueHolder.Both, value.Rows, value.Columns, value);

    /// <inheritdoc/>
    public IArithmetic<TwoPartyMatrix> Branch(int index) => this;

    /// <inheritdoc/>
    public async ValueTask<TwoPartyMatrix> ScaleAsync(double factor, TwoPartyMatrix value, CancellationToken cancellationToken)
    {
        if (!value.IsShared) return Known(value.Holder, value.Rows, value.Columns, value.Clear is null ? null : factor * value.Clear);
        if (factor == 0) return Public(Matrix.Zero(value.Rows, value.Columns));
        var (mantissa, exponent) = Split(factor);
        var kept = value.FractionBits + exponent > TwoPartyFormat.LargestFractionBits && mantissa is not (1 or -1) ? await TruncateAsync(value, Format.FractionBits, cancellationToken) : value;
        var product = new ulong[kept.Count];
        for (var i = 0; i < product.Length; i++) product[i] = unchecked(kept.Share!.Values[i] * (ulong)mantissa);
        var scaled = Shared(new RingMatrix(value.Rows, value.Columns, product), kept.FractionBits + exponent);
        return scaled.FractionBits > TwoPartyFormat.LargestFractionBits ? await TruncateAsync(scaled, 2 * Format.FractionBits, cancellationToken) : scaled;
    }

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> MultiplyAsync(TwoPartyMatrix left, TwoPartyMatrix right, CancellationToken cancellationToken)
    {
        if (left.Columns != right.Rows) throw new ArgumentException($"{left.Rows} x {left.Columns} times {right.Rows} x {right.Columns} is not defined.", nameof(right));
        return ProductAsync(left, right, (left.Rows, left.Columns, right.Columns), isEntrywise: false, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> HadamardAsync(TwoPartyMatrix left, TwoPartyMatrix right, CancellationToken cancellationToken)
    {
        if (left.Rows != right.Rows || left.Columns != right.Columns) throw new ArgumentException($"Shapes differ: {left.Rows} x {left.Columns} and {right.Rows} x {right.Columns}.", nameof(right));
        return ProductAsync(left, right, (left.Rows, 1, left.Columns), isEntrywise: true, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Of signs that one party knows it takes one transfer of one bit for each entry, and adds no digits: the other's part v is v - 2 b v, b being whether the sign is -1.</remarks>
    public async ValueTask<TwoPartyMatrix> FlipAsync(TwoPartyMatrix signs, TwoPartyMatrix values, CancellationToken cancellationToken)
    {
        if (signs.Holder is not (ValueHolder.First or ValueHolder.Second) || TwoPartyMatrix.Together(signs.Holder, values.Holder) != ValueHolder.Neither)
            return await HadamardAsync(signs, values, cancellationToken);
        if (signs.Rows != values.Rows || signs.Columns != values.Columns) throw new ArgumentException($"Shapes differ: {signs.Rows} x {signs.Columns} and {values.Rows} x {values.Columns}.", nameof(values));
        var bits = values.IsShared ? values.FractionBits : Format.FractionBits;
        var part = Shaped(values.ToShare(bits), values.Count, 1);
        var isAsking = Format.Self == signs.Holder;
        var (asked, sum) = isAsking ? MarkedRows.Flipped(signs.Clear!, part) : (null, part);
        var cross = new CrossProduct(signs.Holder, asked, isAsking ? null : part + part, (values.Count, 1, 1), (1, 64), CrossProductKind.Scaled);
        foreach (var share in await _products.ShareAsync(link, [cross], cancellationToken)) sum += share;
        return Shared(Shaped(sum, values.Rows, values.Columns), bits);
    }

    /// <inheritdoc/>
    public async ValueTask<TwoPartyMatrix> IsNegativeAsync(TwoPartyMatrix value, CancellationToken cancellationToken)
    {
        if (!value.IsShared) return await EntryAsync(value, PlainArithmetic.Instance.IsNegativeAsync, 0, null!, 0, cancellationToken);
        var (share, marks) = await SharedFunctions.IsNegative(value.FractionBits, Format.FractionBits).MarkAsync(link, Shaped(value.Share!, value.Count, 1), cancellationToken);
        return Shared(Shaped(share, value.Rows, value.Columns), Format.FractionBits, Shaped(marks, value.Rows, value.Columns));
    }

    /// <inheritdoc/>
    public async ValueTask<TwoPartyMatrix> SigmoidAsync(TwoPartyMatrix value, CancellationToken cancellationToken) =>
        await EntryAsync(
            value, ((IArithmetic<Matrix>)PlainArithmetic.Instance).SigmoidAsync, Math.Max(value.FractionBits, Format.FractionBits),
            SharedFunctions.Sigmoid(Math.Max(value.FractionBits, Format.FractionBits), Format.FractionBits), Format.FractionBits, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<(TwoPartyMatrix Value, TwoPartyMatrix Slope)> ReluAsync(TwoPartyMatrix value, CancellationToken cancellationToken)
    {
        if (!value.IsShared)
        {
            Matrix? clear = null, edge = null;
            if (value.Clear is { } known) (clear, edge) = await ((IArithmetic<Matrix>)PlainArithmetic.Instance).ReluAsync(known, cancellationToken);
            return (Known(value.Holder, value.Rows, value.Columns, clear), Known(value.Holder, value.Rows, value.Columns, edge));
        }
        var from = Math.Max(value.FractionBits, Format.FractionBits);
        var both = await SharedFunctions.Relu(from, Format.FractionBits).ApplyAsync(link, Shaped(value.ToShare(from), value.Count, 1), cancellationToken);
        RingMatrix Column(int index) => Shaped(both.Slice(0, index, value.Count, 1), value.Rows, value.Columns);
        // Shares of a bit add up to it modulo 2, too: their lowest bits are its exclusive-or shares.
        var slope = Column(1);
        var marks = slope.Values.ToArray();
        foreach (ref var mark in marks.AsSpan()) mark &= 1;
        return (Shared(Column(0), Format.FractionBits), Shared(slope, 0, new RingMatrix(slope.Rows, slope.Columns, marks)));
    }

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> ReciprocalAsync(TwoPartyMatrix value, double lower, double upper, CancellationToken cancellationToken)
    {
        var from = Math.Max(value.FractionBits, SharedFunctions.ReciprocalFractionBits);
        return EntryAsync(
            value, (v, c) => ((IArithmetic<Matrix>)PlainArithmetic.Instance).ReciprocalAsync(v, lower, upper, c), from, SharedFunctions.Reciprocal(from), SharedFunctions.ReciprocalFractionBits, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<TwoPartyMatrix> ArgMinAsync(TwoPartyMatrix values, CancellationToken cancellationToken)
    {
        if (!values.IsShared) return await EntryAsync(values, ((IArithmetic<Matrix>)PlainArithmetic.Instance).ArgMinAsync, 0, null!, 0, cancellationToken);
        // The only one is the smallest.
        if (values.Columns == 1) return Public(Matrix.Create(values.Rows, 1, marks => marks.Fill(1)));
        var (share, marks) = await SharedFunctions.ArgMin(values.Columns, values.FractionBits, Format.FractionBits).MarkAsync(link, values.Share!, cancellationToken);
        return Shared(share, Format.FractionBits, marks);
    }

    /// <summary>The same numbers with fewer bits after the point, rounded to the nearest.</summary>
    public async ValueTask<TwoPartyMatrix> TruncateAsync(TwoPartyMatrix value, int fractionBits, CancellationToken cancellationToken)
    {
        var bits = value.FractionBits - fractionBits;
        if (!value.IsShared || bits <= 0) return value;
        var share = value.Share!;
        if (Format.IsFirst)
        {
            var raised = share.Values.ToArray();
            for (var i = 0; i < raised.Length; i++) raised[i] = unchecked(raised[i] + (1UL << (bits - 1)));
            share = new RingMatrix(share.Rows, share.Columns, raised);
        }
        return Shared(Shaped(await SharedFunctions.Truncate(bits).ApplyAsync(link, Shaped(share, value.Count, 1), cancellationToken), value.Rows, value.Columns), fractionBits);
    }

    private async ValueTask<TwoPartyMatrix> ProductAsync(
        TwoPartyMatrix left, TwoPartyMatrix right, (int Rows, int Inner, int Columns) shape, bool isEntrywise, CancellationToken cancellationToken)
    {
        var holder = TwoPartyMatrix.Together(left.Holder, right.Holder);
        if (holder != ValueHolder.Neither)
        {
            var known = Format.Knows(holder);
            var clear = !known ? null : isEntrywise ? await PlainArithmetic.Instance.HadamardAsync(left.Clear!, right.Clear!, cancellationToken) : left.Clear! * right.Clear!;
            return Known(holder, shape.Rows, shape.Columns, clear);
        }
        if (left.Marks is not null && right.Holder != ValueHolder.Both) return await MarkedProductAsync(left.Marks, right, shape, isEntrywise, cancellationToken);
        if (right.Marks is not null && left.Holder != ValueHolder.Both)
        {
            if (isEntrywise) return await MarkedProductAsync(right.Marks, left, shape, isEntrywise, cancellationToken);
            return (await MarkedProductAsync(right.Marks.Transpose(), left.Transpose(), (shape.Columns, shape.Inner, shape.Rows), isEntrywise, cancellationToken)).Transpose();
        }
        var other = left.IsShared ? (right.IsShared ? right.FractionBits : Format.FractionBits) : 0;
        if (left.IsShared && left.FractionBits + other > TwoPartyFormat.LargestFractionBits) left = await TruncateAsync(left, Format.FractionBits, cancellationToken);
        other = left.IsShared ? left.FractionBits : Format.FractionBits;
        if (right.IsShared && right.FractionBits + other > TwoPartyFormat.LargestFractionBits) right = await TruncateAsync(right, Format.FractionBits, cancellationToken);
        return await SharedProductAsync(left, right, shape, isEntrywise, cancellationToken);
    }

    /// <summary>Own parts are multiplied where they are; what needs both parties is a cross product.</summary>
    private async ValueTask<TwoPartyMatrix> SharedProductAsync(
        TwoPartyMatrix left, TwoPartyMatrix right, (int Rows, int Inner, int Columns) shape, bool isEntrywise, CancellationToken cancellationToken)
    {
        int leftBits = left.IsShared ? left.FractionBits : Format.FractionBits, rightBits = right.IsShared ? right.FractionBits : Format.FractionBits;
        RingMatrix mineLeft = Part(left, leftBits), mineRight = Part(right, rightBits);
        var sum = isEntrywise ? RingProducts.Hadamard(mineLeft, mineRight) : RingProducts.Multiply(mineLeft, mineRight);
        var crosses = new List<CrossProduct>(2);
        var bits = (left.IsShared ? 64 : Format.KnownBits, right.IsShared ? 64 : Format.KnownBits);
        foreach (var leftHolder in (ValueHolder[])[ValueHolder.First, ValueHolder.Second])
        {
            var rightHolder = leftHolder == ValueHolder.First ? ValueHolder.Second : ValueHolder.First;
            if (!Has(left, leftHolder) || !Has(right, rightHolder)) continue;
            crosses.Add(new CrossProduct(leftHolder, Format.Self == leftHolder ? mineLeft : null, Format.Self == rightHolder ? mineRight : null, shape, bits, isEntrywise ? CrossProductKind.Entrywise : CrossProductKind.Matrix));
        }
        if (crosses.Count > 0)
            foreach (var share in await _products.ShareAsync(link, crosses, cancellationToken)) sum += share;
        return Shared(sum, leftBits + rightBits);
    }

    /// <summary>
    /// A matrix of bits b = p xor c, of which the first party has p and the second c, times v = v0 + v1: p v0 + c (v0 (1 - 2 p)) + c v1 + p (v1 (1 - 2 c)). What crosses is a bit of one party times a row
    /// of the other, one transfer each, and no digits are added.
    /// </summary>
    private async ValueTask<TwoPartyMatrix> MarkedProductAsync(RingMatrix marks, TwoPartyMatrix value, (int Rows, int Inner, int Columns) shape, bool isEntrywise, CancellationToken cancellationToken)
    {
        var bits = value.IsShared ? value.FractionBits : Format.FractionBits;
        // Entry by entry each bit has a row of one number.
        if (isEntrywise) shape = (value.Count, 1, 1);
        var part = Has(value, Format.Self) ? isEntrywise ? Shaped(value.ToShare(bits), value.Count, 1) : value.ToShare(bits) : null;
        var mine = isEntrywise ? Shaped(marks, value.Count, 1) : marks;
        var sum = part is null ? new RingMatrix(shape.Rows, shape.Columns, new ulong[shape.Rows * shape.Columns]) : isEntrywise ? RingProducts.Hadamard(mine, part) : RingProducts.Multiply(mine, part);
        var crosses = new List<CrossProduct>(2);
        foreach (var asker in (ValueHolder[])[ValueHolder.First, ValueHolder.Second])
        {
            var answerer = asker == ValueHolder.First ? ValueHolder.Second : ValueHolder.First;
            if (!Has(value, answerer)) continue;
            var isAsking = Format.Self == asker;
            crosses.Add(new CrossProduct(asker, isAsking ? MarkedRows.Asked(mine) : null, isAsking ? null : MarkedRows.Turned(mine, part!), shape, (1, 64), CrossProductKind.Scaled));
        }
        foreach (var share in await _products.ShareAsync(link, crosses, cancellationToken)) sum += share;
        return Shared(isEntrywise ? Shaped(sum, value.Rows, value.Columns) : sum, bits);
    }

    /// <summary>Whether a party has a part of a value that the other has not: a share, or what it alone knows.</summary>
    private static bool Has(TwoPartyMatrix value, ValueHolder party) => value.IsShared || value.Holder == party;

    /// <summary>What this party multiplies: its share, what it knows, or zero. What is public each multiplies with its own share.</summary>
    private RingMatrix Part(TwoPartyMatrix value, int fractionBits) => value.Holder == ValueHolder.Both ? Format.Encode(value.Clear!, fractionBits) : value.ToShare(fractionBits);

    /// <summary>A function of single entries: computed in clear where a party knows them.</summary>
    private async ValueTask<TwoPartyMatrix> EntryAsync(
        TwoPartyMatrix value, Func<Matrix, CancellationToken, ValueTask<Matrix>> clear, int from, GarbledFunction function, int to, CancellationToken cancellationToken)
    {
        if (!value.IsShared)
        {
            var result = value.Clear is null ? null : await clear(value.Clear, cancellationToken);
            return Known(value.Holder, value.Rows, value.Columns, result);
        }
        var flat = Shaped(value.ToShare(from), value.Count, 1);
        return Shared(Shaped(await function.ApplyAsync(link, flat, cancellationToken), value.Rows, value.Columns), to);
    }

    private static RingMatrix Shaped(RingMatrix value, int rows, int columns) => new(rows, columns, value.Values.ToArray());

    /// <summary>An integer below 2^20 and a power of two: factor = mantissa 2^-exponent; powers of two exactly.</summary>
    private static (long Mantissa, int Exponent) Split(double factor)
    {
        var exponent = Math.Min(19 - Math.ILogB(factor), LargestFactorBits);
        var mantissa = (long)Math.Round(Math.ScaleB(factor, exponent));
        if (Math.Abs(factor) == Math.ScaleB(1, Math.ILogB(factor))) return (Math.Sign(factor), -Math.ILogB(factor));
        while (mantissa != 0 && mantissa % 2 == 0) (mantissa, exponent) = (mantissa / 2, exponent - 1);
        return (mantissa, exponent);
    }
}
