using System.Numerics;
using System.Runtime.Intrinsics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Curves;

namespace Coterie.Tests.Cryptography.Curves;

public sealed class P256PointsTests
{
    private const int Lanes = P256Numbers.Lanes;
    private const int Length = P256Points.PointBytes;
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    /// <summary>Both ends of the range, runs of zeros and ones, and random ones.</summary>
    private static readonly BigInteger[] Scalars =
    [
        1, 2, 3, 15, 16, 17, CurvePoints.Order - 1, CurvePoints.Order - 2, CurvePoints.Order / 2, BigInteger.One << 255, (BigInteger.One << 128) - 1, BigInteger.One << 252,
        .. Enumerable.Range(0, 12).Select(_ => Drawn()),
    ];

    [Fact]
    public void Multiples_OfTheGenerator_AreTheFrameworks()
    {
        foreach (var scalars in Scalars.Chunk(Lanes))
        {
            var expected = scalars.SelectMany(CurvePoints.Multiple).ToArray();
            Assert.Equal(expected, CurvePoints.Store(P256FixedBase.Generator.Multiply([.. scalars.SelectMany(CurvePoints.ToWords)])));
            for (var lane = 0; lane < Lanes; lane++)
                Assert.Equal(expected.AsSpan(lane * Length, Length), CurvePoints.Store(P256Multiples.Of(in P256Points.Generator, CurvePoints.ToWords(scalars[lane]))).AsSpan((Lanes - 1 - lane) * Length, Length));
        }
    }

    [Fact]
    public void Multiples_OfOtherPoints_AreTheFrameworks()
    {
        var points = Scalars.Chunk(Lanes).Last().SelectMany(CurvePoints.Multiple).ToArray();
        foreach (var scalar in Scalars)
        {
            var (words, shared) = (CurvePoints.ToWords(scalar), CurvePoints.Store(P256Multiples.Of(P256Points.Load(points), CurvePoints.ToWords(scalar))));
            for (var lane = 0; lane < Lanes; lane++) Assert.Equal(CurvePoints.SharedX(scalar, points.AsSpan(lane * Length, Length)), shared[(lane * Length)..][..32]);
            var fixedBase = new P256FixedBase(P256Points.LoadOne(points.AsSpan(0, Length)));
            Assert.Equal(shared[..Length], CurvePoints.Store(fixedBase.Multiply([.. Enumerable.Repeat(words, Lanes).SelectMany(w => w)]))[^Length..]);
        }
    }

    /// <summary>All pairs of -4 to 4 times the generator, the point at infinity among them: complete formulas have no exception.</summary>
    [Fact]
    public void Add_EveryTwoSmallMultiples_IsTheMultipleOfTheSum()
    {
        var multiples = Enumerable.Range(-4, 9).ToDictionary(k => k, Small);
        foreach (var (k, x) in multiples)
        {
            P256Points.Double(in x, out var twice);
            Assert.Equal(CurvePoints.Store(Small(2 * k)), CurvePoints.Store(in twice));
            foreach (var (l, y) in multiples)
            {
                P256Points.Add(in x, in y, out var sum);
                Assert.Equal(CurvePoints.Store(Small(k + l)), CurvePoints.Store(in sum));
            }
        }
        Assert.Equal(new byte[Lanes * Length], CurvePoints.Store(in P256Points.Infinity));
        Assert.Equal(CurvePoints.Multiple(4), CurvePoints.Store(Small(4))[..Length]);
        Assert.Equal(CurvePoints.Multiple(CurvePoints.Order - 4), CurvePoints.Store(Small(-4))[..Length]);
    }

    [Fact]
    public void Order_TimesAnyPoint_IsInfinity()
    {
        var points = P256Points.Load(Scalars.Chunk(Lanes).Last().SelectMany(CurvePoints.Multiple).ToArray());
        Assert.Equal(new byte[Lanes * Length], CurvePoints.Store(P256Multiples.Of(in points, P256Scalar.Order)));
    }

    [Fact]
    public void Choose_MixedMask_TakesLaneByLane()
    {
        var (one, two) = (CurvePoints.Multiple(1), CurvePoints.Multiple(2));
        P256Points.Choose(Vector512.Create(0L, -1, 0, 0, -1, -1, 0, -1), P256Points.LoadOne(one), P256Points.LoadOne(two), out var chosen);
        Assert.Equal([.. one, .. two, .. one, .. one, .. two, .. two, .. one, .. two], CurvePoints.Store(in chosen));
    }

    public static TheoryData<string> Wrong => ["zeros", "ones", "x + 1", "y + 1", "x + p", "y + p", "twist"];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void FirstInvalid_WhatIsNoPoint_IsFoundByItsIndex(string kind)
    {
        var points = Scalars.Take(11).SelectMany(CurvePoints.Multiple).ToArray();
        Assert.Equal(-1, P256Points.FirstInvalid(points));
        NoPoint(kind).CopyTo(points.AsSpan(9 * Length));
        Assert.Equal(9, P256Points.FirstInvalid(points));
        NoPoint(kind).CopyTo(points.AsSpan(2 * Length));
        Assert.Equal(2, P256Points.FirstInvalid(points));
    }

    [Fact]
    public void Draw_ManyScalars_AreInRangeAndDifferent()
    {
        var drawn = Enumerable.Range(0, 500).Select(_ => Drawn()).ToArray();
        Assert.All(drawn, s => Assert.InRange(s, BigInteger.One, CurvePoints.Order - 1));
        Assert.Equal(500, drawn.Distinct().Count());
        // The highest word is all ones but once in 2^32 times where it has to be drawn again.
        Assert.Contains(drawn, s => s >> 255 == 1);
        Assert.Contains(drawn, s => s >> 255 == 0);
    }

    [Fact]
    public void IsValid_EndsOfTheRange_AreFromOneToTheOrderLessOne()
    {
        Assert.True(P256Scalar.IsValid(CurvePoints.ToWords(1)));
        Assert.True(P256Scalar.IsValid(CurvePoints.ToWords(CurvePoints.Order - 1)));
        foreach (var wrong in (BigInteger[])[0, CurvePoints.Order, CurvePoints.Order + 1, (BigInteger.One << 256) - 1]) Assert.False(P256Scalar.IsValid(CurvePoints.ToWords(wrong)));
    }

    /// <summary>Bytes that are no point of the curve, though x or y may be one's.</summary>
    internal static byte[] NoPoint(string kind)
    {
        var point = CurvePoints.Multiple(7);
        var (x, y) = (new BigInteger(point.AsSpan(0, 32), isUnsigned: true, isBigEndian: true), new BigInteger(point.AsSpan(32), isUnsigned: true, isBigEndian: true));
        var prime = CurvePoints.ToInteger(P256Numbers.Prime);
        return kind switch
        {
            "zeros" => new byte[Length],
            "ones" => [.. Enumerable.Repeat((byte)255, Length)],
            "x + 1" => Bytes(x + 1, y),
            "y + 1" => Bytes(x, y + 1),
            // The same numbers modulo p, which would be points: (5, y), and (x, 6).
            "x + p" => Bytes(prime + 5, Root(5)),
            "y + p" => Bytes(OfSmallY(6), prime + 6),
            // A point of y^2 = x^3 - 3 x + b' with another b: what an attack on a missing check sends.
            _ => Bytes(x, (y * 2) % prime),
        };
    }

    /// <summary>x of the point with y = 6, a root of x^3 - 3 x + b - 36.</summary>
    private static BigInteger OfSmallY(int y)
    {
        var x = BigInteger.Parse("09B21C2DE1DA31D68731DBDAF97D7AB3F979131E28E3DC5B2077D5A7187914A78", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(y, Root(x) is var root && root == y ? root : CurvePoints.ToInteger(P256Numbers.Prime) - root);
        return x;
    }

    /// <summary>y of a point with this x.</summary>
    private static BigInteger Root(BigInteger x)
    {
        var prime = CurvePoints.ToInteger(P256Numbers.Prime);
        var b = BigInteger.Parse("05AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        var square = ((x * x * x) - (3 * x) + b) % prime;
        var root = BigInteger.ModPow(square, (prime + 1) / 4, prime);
        Assert.Equal(square, root * root % prime);
        return root;
    }

    private static byte[] Bytes(BigInteger x, BigInteger y)
    {
        var bytes = new byte[Length];
        x.TryWriteBytes(bytes.AsSpan(32 - x.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        y.TryWriteBytes(bytes.AsSpan(Length - y.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }

    private static BigInteger Drawn()
    {
        var words = new ulong[4];
        P256Scalar.Draw(Random, words);
        return CurvePoints.ToInteger(words);
    }

    private static P256Points Small(int multiple)
    {
        var sum = P256Points.Infinity;
        for (var i = 0; i < Math.Abs(multiple); i++) P256Points.Add(in sum, in P256Points.Generator, out sum);
        if (multiple < 0) P256Points.Negate(in sum, out sum);
        return sum;
    }
}
