using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

/// <summary>What every arithmetic must compute: a new backend is one derived class.</summary>
public abstract class ArithmeticConformance<T> where T : class, ISecret<T>
{
    protected abstract ISecureBench<T> Bench { get; }

    /// <summary>Absolute error of one product of values up to 100.</summary>
    protected abstract double Tolerance { get; }

    [Fact]
    public async Task MultiplyAsync_RandomMatrices_EqualsThePlainProduct()
    {
        Matrix a = Random(7, 5, 1), b = Random(5, 3, 2);
        Close(a * b, Bench.Open(await Bench.Math.MultiplyAsync(Bench.Enter(a), Bench.Enter(b), CancellationToken.None)), 5 * Tolerance);
    }

    [Fact]
    public async Task ScaleAndHadamard_RandomMatrices_EqualThePlainOnes()
    {
        Matrix a = Random(4, 6, 3), b = Random(4, 6, 4);
        Close(Each(a, b, (x, y) => x * y), Bench.Open(await Bench.Math.HadamardAsync(Bench.Enter(a), Bench.Enter(b), CancellationToken.None)), Tolerance);
        Close(-2.5 * a, Bench.Open(await Bench.Math.ScaleAsync(-2.5, Bench.Enter(a), CancellationToken.None)), Tolerance);
    }

    [Fact]
    public async Task FlipAsync_SignsOfEitherKind_NegatesWhereTheyAreNegative()
    {
        Matrix values = Random(5, 3, 41), signs = Each(Random(5, 3, 42), values, static (x, _) => x < 0 ? -1 : 1);
        var expected = Each(values, signs, (x, y) => x * y);
        for (var turn = 0; turn < 2; turn++)
        {
            var (first, second) = turn == 0 ? (Bench.Enter(signs), Bench.Enter(values)) : (Bench.Enter(signs), Bench.Math.Public(values));
            Close(expected, Bench.Open(await Bench.Math.FlipAsync(first, second, CancellationToken.None)), Tolerance);
            // Whoever knows the values knows the signs next time, where they take turns.
            if (turn == 0) Bench.Enter(signs);
        }
    }

    /// <summary>What is compared is 0 or 1, however it is laid out afterwards and on whichever side of a product it stands.</summary>
    [Fact]
    public async Task Products_WithWhatWasCompared_EqualThoseWithBits()
    {
        Matrix compared = Random(6, 4, 51), factor = Random(6, 3, 52), same = Random(6, 4, 53);
        var bits = Each(compared, compared, static (x, _) => x < 0 ? 1 : 0);
        var math = Bench.Math;
        var marks = await math.IsNegativeAsync(Bench.Enter(compared), CancellationToken.None);
        Close(bits, Bench.Open(marks), Tolerance);
        Close(Each(bits, same, (x, y) => x * y), Bench.Open(await math.HadamardAsync(marks, Bench.Enter(same), CancellationToken.None)), Tolerance);
        Close(Each(bits, same, (x, y) => x * y), Bench.Open(await math.HadamardAsync(Bench.Enter(same), marks, CancellationToken.None)), Tolerance);
        Close(bits.Transpose() * factor, Bench.Open(await math.MultiplyAsync(marks.Transpose(), Bench.Enter(factor), CancellationToken.None)), 6 * Tolerance);
        Close(factor.Transpose() * bits, Bench.Open(await math.MultiplyAsync(Bench.Enter(factor).Transpose(), marks, CancellationToken.None)), 6 * Tolerance);
        Close(bits.Transpose() * bits, Bench.Open(await math.MultiplyAsync(marks.Transpose(), marks, CancellationToken.None)), 6 * Tolerance);
        // A row of marks times a column of one: inner dimension 1.
        Close(bits.Slice(0, 1, 6, 1) * same.Slice(0, 0, 1, 4), Bench.Open(await math.MultiplyAsync(marks.Slice(0, 1, 6, 1), Bench.Enter(same).Slice(0, 0, 1, 4), CancellationToken.None)), Tolerance);
        var stacked = marks.Slice(0, 0, 6, 2).Above(marks.Slice(0, 2, 6, 2)).Beside(marks.Slice(0, 3, 6, 1).Transpose().RepeatRows(12));
        var plain = bits.Slice(0, 0, 6, 2).Above(bits.Slice(0, 2, 6, 2)).Beside(bits.Slice(0, 3, 6, 1).Transpose().RepeatRows(12));
        var wide = Random(12, 8, 54);
        Close(Each(plain, wide, (x, y) => x * y), Bench.Open(await math.HadamardAsync(stacked, Bench.Enter(wide), CancellationToken.None)), Tolerance);
        // Sums and differences are no bits any more.
        Close(Each(bits + bits, same, (x, y) => x * y), Bench.Open(await math.HadamardAsync(marks + marks, Bench.Enter(same), CancellationToken.None)), 2 * Tolerance);
        Close(bits.ColumnSums() * same.Transpose(), Bench.Open(await math.MultiplyAsync(marks.ColumnSums(), Bench.Enter(same).Transpose(), CancellationToken.None)), 6 * Tolerance);
    }

    [Fact]
    public void LocalOperations_RandomMatrices_EqualThePlainOnes()
    {
        Matrix a = Random(3, 4, 5), b = Random(3, 4, 6), row = Random(1, 4, 7);
        T x = Bench.Enter(a), y = Bench.Enter(b);
        Close(a + b, Bench.Open(x + y), Tolerance);
        Close(a - b, Bench.Open(x - y), Tolerance);
        Close(a.Transpose(), Bench.Open(x.Transpose()), Tolerance);
        Close(a.ColumnSums(), Bench.Open(x.ColumnSums()), 3 * Tolerance);
        Close(row.RepeatRows(3), Bench.Open(Bench.Enter(row).RepeatRows(3)), Tolerance);
        Close(a.Slice(1, 2, 2, 2), Bench.Open(x.Slice(1, 2, 2, 2)), Tolerance);
        Close(a.Beside(b), Bench.Open(x.Beside(y)), Tolerance);
        Close(a.Above(b), Bench.Open(x.Above(y)), Tolerance);
    }

    [Fact]
    public async Task IsNegativeAsync_AroundZero_MarksNegativeEntriesOnly()
    {
        var values = new Matrix(1, 5, [-100, -0.01, 0, 0.01, 100]);
        var negative = Bench.Open(await Bench.Math.IsNegativeAsync(Bench.Enter(values), CancellationToken.None));
        Assert.Equal(new double[] { 1, 1, 0, 0, 0 }, negative.ToArray());
    }

    [Fact]
    public async Task SelectAsync_ZeroAndOne_ChoosesEntryByEntry()
    {
        Matrix condition = new(1, 4, [1, 0, 0, 1]), a = Random(1, 4, 8), b = Random(1, 4, 9);
        var chosen = await Bench.Math.SelectAsync(Bench.Enter(condition), Bench.Enter(a), Bench.Enter(b), CancellationToken.None);
        Close(new Matrix(1, 4, [a[0, 0], b[0, 1], b[0, 2], a[0, 3]]), Bench.Open(chosen), 2 * Tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task ArgMinAsync_AnyWidth_IsOneHotAtTheSmallest(int width)
    {
        var values = Random(20, width, 10);
        var oneHot = Bench.Open(await Bench.Math.ArgMinAsync(Bench.Enter(values), CancellationToken.None));
        for (var i = 0; i < values.Rows; i++)
        {
            var smallest = Enumerable.Range(0, width).MinBy(j => values[i, j]);
            Assert.Equal([.. Enumerable.Range(0, width).Select(j => j == smallest ? 1.0 : 0)], oneHot.Row(i).ToArray());
        }
    }

    [Fact]
    public async Task ArgMinAsync_EqualEntries_MarksTheFirst()
    {
        var oneHot = Bench.Open(await Bench.Math.ArgMinAsync(Bench.Enter(new Matrix(1, 4, [3, 1, 1, 1])), CancellationToken.None));
        Assert.Equal(new double[] { 0, 1, 0, 0 }, oneHot.ToArray());
    }

    [Fact]
    public async Task SigmoidAsync_WholeLine_ErrsByAtMostTwoToTheMinusTen()
    {
        var points = Matrix.Create(2001, 1, x => { for (var i = 0; i < x.Length; i++) x[i] = (i - 1000) / 50.0; });
        var far = new Matrix(4, 1, [-1000, -8.5, 9, 2000]);
        foreach (var x in new[] { points, far })
        {
            var y = Bench.Open(await Bench.Math.SigmoidAsync(Bench.Enter(x), CancellationToken.None));
            for (var i = 0; i < x.Rows; i++) Assert.InRange(Math.Abs(y[i, 0] - (1 / (1 + Math.Exp(-x[i, 0])))), 0, Math.ScaleB(1, -10) + (10 * Tolerance));
        }
    }

    /// <summary>Slopes go on being numbers like others: what is added to them keeps its digits.</summary>
    [Fact]
    public async Task ReluAsync_AroundZero_IsThePositivePartAndItsSlope()
    {
        var x = new Matrix(4, 2, [-1000.5, -1, -0.01, 0.01, 0.375, 1, 3.14159, 1000.5]);
        var (value, slope) = await Bench.Math.ReluAsync(Bench.Enter(x), CancellationToken.None);
        var halves = Matrix.Create(4, 2, static cells => cells.Fill(0.625));
        Matrix positive = Bench.Open(value), marks = Bench.Open(slope), moved = Bench.Open(slope + Bench.Math.Public(halves)), product = Bench.Open(await Bench.Math.HadamardAsync(slope, Bench.Enter(x), CancellationToken.None));
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(Math.Max(0, x.Values[i]), positive.Values[i], Tolerance * 10);
            Assert.Equal(x.Values[i] < 0 ? 0 : 1, marks.Values[i], Tolerance);
            Assert.Equal(x.Values[i] < 0 ? 0.625 : 1.625, moved.Values[i], Tolerance);
            Assert.Equal(Math.Max(0, x.Values[i]), product.Values[i], Tolerance * 10);
        }
    }

    [Fact]
    public async Task ReciprocalAsync_WithinItsBounds_IsTheReciprocal()
    {
        var values = new Matrix(2, 3, [0.25, 1, 3, 7.7, 100, 1000]);
        var inverse = Bench.Open(await Bench.Math.ReciprocalAsync(Bench.Enter(values), 0.25, 1000, CancellationToken.None));
        for (var i = 0; i < 6; i++) Assert.InRange(Math.Abs((inverse.Values[i] * values.Values[i]) - 1), 0, 1e-9 + (Tolerance * (10 + (10 * values.Values[i]))));
    }

    [Fact]
    public async Task GroupedSumAsync_OneHotMembership_AddsByGroup()
    {
        Matrix membership = new(3, 2, [1, 0, 0, 1, 1, 0]), values = Random(3, 2, 12);
        Close(membership.Transpose() * values, Bench.Open(await Bench.Math.GroupedSumAsync(Bench.Enter(membership), Bench.Enter(values), CancellationToken.None)), 3 * Tolerance);
    }

    [Fact]
    public async Task SolveAsync_PositiveDefinite_SolvesTheSystem()
    {
        Matrix root = Random(6, 4, 13), b = Random(4, 2, 14);
        var a = (0.02 * (root.Transpose() * root)) + Matrix.Identity(4);
        var x = Bench.Open(await Bench.Math.SolveAsync(Bench.Enter(a), Bench.Enter(b), 0.5, 200, CancellationToken.None));
        Close(b, a * x, 2e-3 * (Tolerance > 1e-9 ? 1 : 1e-6));
    }

    private static Matrix Random(int rows, int columns, ulong seed)
    {
        var random = new SeededRandom(seed);
        return Matrix.Create(rows, columns, values =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = (10 * random.NextDouble()) - 5;
        });
    }

    private static Matrix Each(Matrix a, Matrix b, Func<double, double, double> f) =>
        new(a.Rows, a.Columns, [.. a.ToArray().Zip(b.ToArray(), f)]);

    private static void Close(Matrix expected, Matrix actual, double tolerance)
    {
        Assert.Equal((expected.Rows, expected.Columns), (actual.Rows, actual.Columns));
        for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(expected.Values[i], actual.Values[i], tolerance);
    }
}

/// <summary>An arithmetic with the doors a test needs.</summary>
public interface ISecureBench<T> where T : class, ISecret<T>
{
    IArithmetic<T> Math { get; }

    T Enter(Matrix value);

    Matrix Open(T value);
}

public sealed class PlainArithmeticTests : ArithmeticConformance<Matrix>
{
    protected override ISecureBench<Matrix> Bench { get; } = new Plain();

    protected override double Tolerance => 1e-12;

    private sealed class Plain : ISecureBench<Matrix>
    {
        public IArithmetic<Matrix> Math => PlainArithmetic.Instance;

        public Matrix Enter(Matrix value) => value;

        public Matrix Open(Matrix value) => value;
    }
}

public sealed class RingArithmeticTests : ArithmeticConformance<RingMatrix>
{
    protected override ISecureBench<RingMatrix> Bench { get; } = new Ring();

    // Inputs are rounded to 2^-21, the other factor is at most 100: 2^-21 * 100 * 2.
    protected override double Tolerance => 1e-4;

    [Fact]
    public async Task Multiply_TwoStepsAtOnceOnOneBranch_IsRefused()
    {
        var math = new RingArithmetic();
        var value = math.Public(Matrix.Identity(2));
        var held = new HeldContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(held);
        var first = math.MultiplyAsync(value, value, CancellationToken.None).AsTask();
        var second = math.MultiplyAsync(value, value, CancellationToken.None).AsTask();
        SynchronizationContext.SetSynchronizationContext(before);
        held.Release();
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        await first;
        await math.MultiplyAsync(value, value, CancellationToken.None);
    }

    /// <summary>Keeps what was started in flight until it is released.</summary>
    private sealed class HeldContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _held = new();

        public override void Post(SendOrPostCallback d, object? state) => _held.Enqueue((d, state));

        public void Release()
        {
            while (_held.TryDequeue(out var next)) next.Callback(next.State);
        }
    }

    [Fact]
    public async Task Rounds_BranchesSideBySide_CountOnce()
    {
        var math = new RingArithmetic();
        var value = math.Public(Matrix.Scalar(2));
        await math.HadamardAsync(value, value, CancellationToken.None);
        IArithmetic<RingMatrix> left = math.Branch(0), right = math.Branch(1);
        await Task.WhenAll(left.HadamardAsync(value, value, CancellationToken.None).AsTask(), right.HadamardAsync(value, value, CancellationToken.None).AsTask());
        await right.HadamardAsync(value, value, CancellationToken.None);
        Assert.Equal(3, math.Rounds);
        await math.HadamardAsync(value, value, CancellationToken.None);
        Assert.Equal(4, math.Rounds);
    }

    [Fact]
    public async Task Multiply_ResultOutsideTheRing_ThrowsInsteadOfWrapping()
    {
        var math = new RingArithmetic(20);
        var large = math.Public(Matrix.Scalar(Math.ScaleB(1, 30)));
        await Assert.ThrowsAsync<OverflowException>(async () => await math.MultiplyAsync(large, large, CancellationToken.None));
    }

    private sealed class Ring : ISecureBench<RingMatrix>
    {
        private readonly RingArithmetic _math = new();

        public IArithmetic<RingMatrix> Math => _math;

        public RingMatrix Enter(Matrix value) => _math.Public(value);

        public Matrix Open(RingMatrix value) => _math.Decode(value);
    }
}
