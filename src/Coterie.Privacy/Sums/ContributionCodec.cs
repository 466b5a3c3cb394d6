using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;

namespace Coterie.Privacy.Sums;

/// <summary>A contribution as one vector: checked against its layout, as doubles or as ring elements, block by block in its own fixed point.</summary>
public static class ContributionCodec
{
    /// <summary>All entries in layout order, checked.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.InvalidContribution"/>, naming block and entry.</exception>
    public static double[] Flatten(SumRequest request, Blocks<Matrix> contribution, PartyId contributor)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(contribution);
        var values = new double[request.Length];
        var offset = 0;
        if (contribution.Count != request.Layout.Length) throw Invalid(request, contributor, $"{request.Layout.Length} blocks expected, {contribution.Count} given");
        for (var b = 0; b < request.Layout.Length; b++)
        {
            var spec = request.Layout[b];
            var block = contribution.Values[b];
            if (contribution.Names[b] != spec.Name || block.Rows != spec.Rows || block.Columns != spec.Columns)
                throw Invalid(request, contributor, $"block '{spec.Name}' of {spec.Rows} x {spec.Columns} expected, '{contribution.Names[b]}' of {block} given");
            block.Values.CopyTo(values.AsSpan(offset));
            offset += spec.Length;
        }
        Check(request, values, contributor);
        return values;
    }

    /// <summary>Ring elements whose sums over the roster decode to sums of the values.</summary>
    public static ulong[] Encode(SumRequest request, ReadOnlySpan<double> values)
    {
        ArgumentNullException.ThrowIfNull(request);
        var encoded = new ulong[values.Length];
        var offset = 0;
        foreach (var spec in request.Layout)
        {
            FormatOf(spec, request.Round).Encode(values.Slice(offset, spec.Length), encoded.AsSpan(offset, spec.Length));
            offset += spec.Length;
        }
        return encoded;
    }

    /// <summary>The blocks a sum of encoded contributions stands for.</summary>
    public static Blocks<Matrix> Decode(SumRequest request, ReadOnlySpan<ulong> sum)
    {
        ArgumentNullException.ThrowIfNull(request);
        var values = new double[sum.Length];
        var offset = 0;
        foreach (var spec in request.Layout)
        {
            FormatOf(spec, request.Round).Decode(sum.Slice(offset, spec.Length), values.AsSpan(offset, spec.Length));
            offset += spec.Length;
        }
        return Unflatten(request.Layout, values);
    }

    /// <summary>The blocks of a vector in layout order.</summary>
    public static Blocks<Matrix> Unflatten(ImmutableArray<BlockSpec> layout, ReadOnlySpan<double> values)
    {
        var blocks = ImmutableArray.CreateBuilder<Matrix>(layout.Length);
        var offset = 0;
        foreach (var spec in layout)
        {
            blocks.Add(new Matrix(spec.Rows, spec.Columns, values.Slice(offset, spec.Length).ToArray()));
            offset += spec.Length;
        }
        return new Blocks<Matrix>([.. layout.Select(s => s.Name)], blocks.MoveToImmutable());
    }

    /// <summary>Checks that every value is finite and within its block's bound.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.InvalidContribution"/>, naming block and entry.</exception>
    public static void Check(SumRequest request, ReadOnlySpan<double> values, PartyId contributor) => Check(request, 0, values, contributor);

    /// <summary>The same for entries from <paramref name="start"/> on.</summary>
    /// <inheritdoc cref="Check(SumRequest, ReadOnlySpan{double}, PartyId)" path="/exception"/>
    public static void Check(SumRequest request, int start, ReadOnlySpan<double> values, PartyId contributor)
    {
        ArgumentNullException.ThrowIfNull(request);
        var offset = 0;
        foreach (var spec in request.Layout)
        {
            var limit = spec.Bound * (1 + 1e-9);
            var (first, end) = (Math.Max(offset, start), Math.Min(offset + spec.Length, start + values.Length));
            for (var i = first; i < end; i++)
                if (!(Math.Abs(values[i - start]) <= limit))
                    throw Invalid(request, contributor, $"entry ({(i - offset) / spec.Columns}, {(i - offset) % spec.Columns}) of block '{spec.Name}' is {values[i - start]:R}, beyond the agreed {spec.Bound:R}; declare a wider range for the columns it comes from");
            offset += spec.Length;
        }
    }

    /// <summary>
    /// Insists that <paramref name="contributors"/> contributions within their bounds can add up to <paramref name="total"/>. What masks that
    /// did not cancel leave behind is uniform over the ring, of which possible sums cover a quarter to nearly all: it stands out in long
    /// vectors, and may pass in very short ones.
    /// </summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.Inconsistent"/>; whose vector it was cannot be told.</exception>
    public static void CheckTotal(SumRequest request, Blocks<Matrix> total, int contributors)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(total);
        for (var b = 0; b < request.Layout.Length; b++)
        {
            var limit = request.Layout[b].Bound * contributors * (1 + 1e-8);   // the encoder's slack, and rounding
            foreach (var value in total.Values[b].Values)
                if (!(Math.Abs(value) <= limit))
                    throw new ProtocolException(
                        ProtocolErrorCode.Inconsistent, $"The sum at {request.Step} holds a number that no {contributors} contributions within their range add up to: a masked vector was not what its sender's masks belong to.", request.Step.Path);
        }
    }

    private static FixedPoint FormatOf(BlockSpec spec, Round round) => FixedPoint.For(spec.Bound, round.Participants);

    private static ProtocolException Invalid(SumRequest request, PartyId contributor, string what) =>
        new(ProtocolErrorCode.InvalidContribution, $"The contribution of {contributor} at {request.Step} is not usable: {what}.", request.Step.Path, contributor);
}
