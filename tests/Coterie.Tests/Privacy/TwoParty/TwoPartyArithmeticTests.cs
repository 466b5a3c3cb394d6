using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Privacy.TwoParty;
using Coterie.Tests.Core;

namespace Coterie.Tests.Privacy.TwoParty;

/// <summary>The two-party engine over values that neither party knows.</summary>
public sealed class SharedArithmeticTests : ArithmeticConformance<PairMatrix>, IDisposable
{
    private readonly PairBench _bench = new((pair, value, _) => pair.Shared(value));

    protected override ISecureBench<PairMatrix> Bench => _bench;

    protected override double Tolerance => 1e-4;

    public void Dispose() => _bench.Dispose();
}

/// <summary>And over values that the one or the other knows, in turns.</summary>
public sealed class KnownArithmeticTests : ArithmeticConformance<PairMatrix>, IDisposable
{
    private readonly PairBench _bench = new((pair, value, turn) => pair.Known(turn % 2 == 0 ? ValueHolder.First : ValueHolder.Second, value));

    protected override ISecureBench<PairMatrix> Bench => _bench;

    protected override double Tolerance => 1e-4;

    public void Dispose() => _bench.Dispose();
}

/// <summary>And over what one knows together with what is shared.</summary>
public sealed class MixedArithmeticTests : ArithmeticConformance<PairMatrix>, IDisposable
{
    private readonly PairBench _bench = new((pair, value, turn) => turn % 2 == 0 ? pair.Known(ValueHolder.Second, value) : pair.Shared(value, 35));

    protected override ISecureBench<PairMatrix> Bench => _bench;

    protected override double Tolerance => 1e-4;

    public void Dispose() => _bench.Dispose();
}

internal sealed class PairBench(Func<PairArithmetic, Matrix, int, PairMatrix> enter) : ISecureBench<PairMatrix>, IDisposable
{
    private readonly Lazy<PairArithmetic> _pair = new(() => PairArithmetic.Connect());
    private int _turn;

    public IArithmetic<PairMatrix> Math => _pair.Value;

    public PairMatrix Enter(Matrix value) => enter(_pair.Value, value, _turn++);

    public Matrix Open(PairMatrix value) => value.Open();

    public void Dispose()
    {
        if (_pair.IsValueCreated) _pair.Value.Dispose();
    }
}
