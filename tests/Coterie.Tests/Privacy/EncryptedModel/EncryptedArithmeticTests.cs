using System.Numerics;
using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.EncryptedModel;

namespace Coterie.Tests.Privacy.EncryptedModel;

/// <summary>Algebra on encrypted matrices is algebra on matrices; what leaves the integers' room, or cannot be computed, is refused.</summary>
public sealed class EncryptedArithmeticTests
{
    private const int FreshBits = 80, FractionBits = 40;
    private static readonly Lazy<PaillierSecretKey> Made = new(() => InsecurePaillierKeys.Generate(512));
    private readonly SeededRandom _random = new(5);
    private readonly IArithmetic<EncryptedMatrix> _math = new EncryptedArithmetic();

    private static PaillierSecretKey Key => Made.Value;

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 4, 1)]
    [InlineData(9, 2, 3)]
    public async Task MultiplyAsync_KnownTimesEncrypted_IsTheProduct(int rows, int inner, int columns)
    {
        var (known, hidden) = (Draw(rows, inner), Draw(inner, columns));
        AssertNear(known * hidden, await _math.MultiplyAsync(Own(known), Encrypt(hidden), default));
        AssertNear(hidden.Transpose() * known.Transpose(), await _math.MultiplyAsync(Encrypt(hidden.Transpose()), Own(known.Transpose()), default));
    }

    [Fact]
    public async Task Expression_OfEveryStep_IsThatOfMatrices()
    {
        Matrix a = Draw(4, 3), w = Draw(3, 1), b = Draw(4, 1), v = Draw(2, 1);
        var product = await _math.MultiplyAsync(Own(a), Encrypt(w), default);
        var moved = await _math.ScaleAsync(-0.3, product - Own(b), default);
        // Units that are no powers of two apart: the coarser integers are multiplied by a ratio.
        var sum = moved.Slice(1, 0, 2, 1) + Encrypt(v);
        AssertNear((-0.3 * ((a * w) - b)).Slice(1, 0, 2, 1) + v, sum);
        var third = await _math.ScaleAsync(1.0 / 3, sum, default);
        AssertNear(((1.0 / 3) * ((-0.3 * ((a * w) - b)).Slice(1, 0, 2, 1) + v)).Above(v).Above(b), third.Above(Encrypt(v)).Above(Own(b)));
        AssertNear(v.Beside(v).Transpose(), Encrypt(v).Beside(Own(v)).Transpose());
        AssertNear(w.ColumnSums(), Encrypt(w).ColumnSums());
        AssertNear(w.Transpose().RepeatRows(3), Encrypt(w.Transpose()).RepeatRows(3));
        AssertNear(Matrix.Create(3, 1, x => { for (var i = 0; i < 3; i++) x[i] = w.Values[i] * w.Values[i]; }), await _math.HadamardAsync(Own(w), Encrypt(w), default));
        AssertNear(0.25 * w, await _math.MultiplyAsync(Encrypt(w), _math.Public(Matrix.Scalar(0.25)), default));
        AssertNear(Matrix.Zero(3, 1), await _math.ScaleAsync(0, Encrypt(w), default));
    }

    [Fact]
    public async Task MultiplyAsync_PublicNumber_ChangesTheUnitAndNoInteger()
    {
        var hidden = Encrypt(Draw(5, 1));
        var scaled = await _math.MultiplyAsync(hidden, _math.Public(Matrix.Scalar(0.7)), default);
        Assert.Equal(hidden.Bits, scaled.Bits);
        Assert.Equal(Key.PublicKey.ToBytes(hidden.Hidden!), Key.PublicKey.ToBytes(scaled.Hidden!));
    }

    [Fact]
    public async Task Anything_ThatCiphertextsCannot_IsRefused()
    {
        var hidden = Encrypt(Draw(2, 2));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _math.MultiplyAsync(hidden, hidden, default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _math.HadamardAsync(hidden, hidden, default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _math.IsNegativeAsync(hidden, default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _math.SigmoidAsync(hidden, default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _math.ArgMinAsync(hidden, default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _math.ReciprocalAsync(hidden, 1, 2, default));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _math.SolveAsync(hidden, Own(Draw(2, 1)), 1, 2, default));
    }

    // Whatever the rows are, what everybody sees is the same: unit and bits follow from bounds.
    [Fact]
    public async Task MultiplyAsync_OtherRowsWithinTheSameBounds_HasTheSameUnitAndBits()
    {
        async Task<EncryptedMatrix> GramTimesAsync(int rows, double size)
        {
            var bounds = new Bounds(Extent.Private(100), Extent.Of(1, 4, 2));
            var own = EncryptedMatrix.Own(Matrix.Create(rows, 3, x => x.Fill(size)), bounds);
            return await _math.MultiplyAsync(await _math.MultiplyAsync(own.Transpose(), own, default), Encrypt(Matrix.Zero(3, 1)), default);
        }
        var (small, large) = (await GramTimesAsync(5, 0.001), await GramTimesAsync(90, 1));
        Assert.Equal((small.Unit, small.Bits), (large.Unit, large.Bits));
    }

    [Fact]
    public void Own_NumberBeyondItsBound_IsRefusedByPlace()
    {
        var bounds = new Bounds(Extent.Private(10), Extent.Of(1, 2));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => EncryptedMatrix.Own(new Matrix(2, 2, [1, 2, 0.5, 2.1]), bounds));
        Assert.Contains("Row 1, column 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => EncryptedMatrix.Own(new Matrix(1, 2, [double.NaN, 0]), bounds));
    }

    // 512 bits have room for a dozen products of 30 bits: the next is refused before it is computed, and none before it wraps.
    [Fact]
    public async Task MultiplyAsync_UntilThereIsNoRoom_IsRightAndThenRefused()
    {
        var turn = new Matrix(2, 2, [0.6, -0.8, 0.8, 0.6]);
        var (plain, hidden, products) = (Draw(2, 1), (EncryptedMatrix?)null, 0);
        hidden = Encrypt(plain);
        while (true)
        {
            try
            {
                hidden = await _math.MultiplyAsync(Own(turn), hidden, default);
            }
            catch (OverflowException)
            {
                break;
            }
            plain = turn * plain;
            products++;
            AssertNear(plain, hidden);
        }
        Assert.InRange(products, 10, 14);
    }

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(1.9999, -40)]
    [InlineData(3.7, 900)]
    [InlineData(1e-300, -5000)]
    public void Unit_CountOfItsMultiples_IsTheirNumber(double mantissa, int exponent)
    {
        var unit = Unit.Of(mantissa, exponent);
        Assert.InRange(unit.Mantissa, 1, 2);
        foreach (var count in new[] { 0, 1, 7, -1000003 })
        {
            var value = Math.ScaleB(unit.Mantissa, -20);
            Assert.Equal(count, (double)Unit.Of(unit.Mantissa, -20).Count(count * value));
        }
        Assert.Equal(BigInteger.One << 100, (unit * Unit.PowerOfTwo(-exponent)).Count(Math.ScaleB((unit * Unit.PowerOfTwo(-exponent)).Mantissa, (unit * Unit.PowerOfTwo(-exponent)).Exponent + 100)));
        Assert.Equal(1, (unit / unit).Mantissa);
    }

    [Fact]
    public void TryRead_WhatIsNoUnit_IsFalse()
    {
        Assert.True(Unit.TryRead(1.5, -3, out _));
        foreach (var (mantissa, exponent) in new[] { (0.5, 0), (2.0, 0), (double.NaN, 0), (-1.5, 0), (1.5, int.MaxValue), (1.5, int.MinValue) })
            Assert.False(Unit.TryRead(mantissa, exponent, out _));
    }

    [Fact]
    public void ScaleAll_EveryFactor_MultipliesPlaintexts()
    {
        var x = Key.Encrypt(Plaintexts.FromInt64(Key.PublicKey, [3, -5, 0]), CryptographicRandom.Instance);
        foreach (var factor in new[] { BigInteger.One, 2, 3, 1024, 12345678901234567, (BigInteger.One << 100) + 1, 5 * (BigInteger.One << 64) })
            Assert.Equal([3 * factor, -5 * factor, 0], Open(Key.PublicKey.ScaleAll(x, factor)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Key.PublicKey.ScaleAll(x, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Key.PublicKey.ScaleAll(x, -1));
        Assert.Equal([-3, 5, 0], Open(Key.PublicKey.Negate(x)));
        Assert.Equal([0, 0, 3, -5], Open(x.Pick([2, 2, 0, 1])));
        Assert.Equal([3, -5, 0, -5], Open(x.Concat(x.Pick([1]))));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Pick([3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Pick([-1]));
        Assert.Equal([7, -7], Open(Key.PublicKey.Trivial(Plaintexts.FromInt64(Key.PublicKey, [7, -7]))));
    }

    private static BigInteger[] Open(Ciphertexts ciphertexts)
    {
        var opened = Key.Decrypt(ciphertexts);
        return [.. Enumerable.Range(0, opened.Count).Select(i => opened.ToBigInteger(Key.PublicKey, i))];
    }

    private static void AssertNear(Matrix expected, EncryptedMatrix actual)
    {
        Assert.Equal((expected.Rows, expected.Columns), (actual.Rows, actual.Columns));
        var opened = actual.Known?.ToArray() ?? [.. Open(actual.Hidden!).Select(actual.Unit.ValueOf)];
        if (actual.Hidden is { } hidden) Assert.All(Open(hidden), i => Assert.True(BigInteger.Abs(i).GetBitLength() <= actual.Bits));
        for (var i = 0; i < opened.Length; i++) Assert.Equal(expected.Values[i], opened[i], 1e-6);
    }

    private Matrix Draw(int rows, int columns) => Matrix.Create(rows, columns, values =>
    {
        for (var i = 0; i < values.Length; i++) values[i] = _random.NextGaussian();
    });

    private static EncryptedMatrix Own(Matrix value) => EncryptedMatrix.Own(value, Bounds.Of(value));

    private static EncryptedMatrix Encrypt(Matrix value)
    {
        var unit = Unit.PowerOfTwo(-FractionBits);
        var integers = Plaintexts.FromBigIntegers(Key.PublicKey, [.. value.ToArray().Select(unit.Count)]);
        return EncryptedMatrix.Of(Key.Encrypt(integers, CryptographicRandom.Instance), value.Rows, value.Columns, unit, FreshBits);
    }
}
