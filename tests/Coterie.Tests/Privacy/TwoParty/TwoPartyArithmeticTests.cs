using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Privacy.TwoParty;
using Coterie.Tests.Core;

namespace Coterie.Tests.Privacy.TwoParty;

/// <summary>The two-party engine over values that neither party knows.</summary>
public sealed class SharedArithmeticTests(SharedArithmeticTests.Pair pair) : ArithmeticConformance<PairMatrix>, IClassFixture<SharedArithmeticTests.Pair>
{
    protected override ISecureBench<PairMatrix> Bench => pair;

    protected override double Tolerance => 1e-4;

    public sealed class Pair() : PairBench((pair, value, _) => pair.Shared(value));
}

/// <summary>And over values that the one or the other knows, in turns.</summary>
public sealed class KnownArithmeticTests(KnownArithmeticTests.Pair pair) : ArithmeticConformance<PairMatrix>, IClassFixture<KnownArithmeticTests.Pair>
{
    protected override ISecureBench<PairMatrix> Bench => pair;

    protected override double Tolerance => 1e-4;

    public sealed class Pair() : PairBench((pair, value, turn) => pair.Known(turn % 2 == 0 ? ValueHolder.First : ValueHolder.Second, value));
}

/// <summary>And over what one knows together with what is shared.</summary>
public sealed class MixedArithmeticTests(MixedArithmeticTests.Pair pair) : ArithmeticConformance<PairMatrix>, IClassFixture<MixedArithmeticTests.Pair>
{
    protected override ISecureBench<PairMatrix> Bench => pair;

    protected override double Tolerance => 1e-4;

    public sealed class Pair() : PairBench((pair, value, turn) => turn % 2 == 0 ? pair.Known(ValueHolder.Second, value) : pair.Shared(value, 35));
}

/// <summary>And with products under the first party's key where both factors are known.</summary>
public sealed class PaillierArithmeticTests(PaillierArithmeticTests.Pair pair) : ArithmeticConformance<PairMatrix>, IClassFixture<PaillierArithmeticTests.Pair>
{
    protected override ISecureBench<PairMatrix> Bench => pair;

    protected override double Tolerance => 1e-4;

    public sealed class Pair() : PairBench((pair, value, turn) => pair.Known(turn % 2 == 0 ? ValueHolder.First : ValueHolder.Second, value), PaillierPair.Products());
}

/// <summary>Two parties that stay connected over the tests of a class.</summary>
public abstract class PairBench : ISecureBench<PairMatrix>, IDisposable
{
    private readonly Func<PairArithmetic, Matrix, int, PairMatrix> _enter;
    private readonly PairArithmetic _pair;
    private int _turn;

    private protected PairBench(Func<PairArithmetic, Matrix, int, PairMatrix> enter, Func<bool, ICrossProducts>? products = null) => (_enter, _pair) = (enter, PairArithmetic.Connect(products: products));

    public IArithmetic<PairMatrix> Math => _pair;

    public PairMatrix Enter(Matrix value) => _enter(_pair, value, _turn++);

    public Matrix Open(PairMatrix value) => value.Open();

    public void Dispose()
    {
        _pair.Dispose();
        GC.SuppressFinalize(this);
    }
}
