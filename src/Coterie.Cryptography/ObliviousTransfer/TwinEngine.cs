using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// Two numbers modulo p where another engine has the halves of one number modulo p^2: so that tables and powers made for pairs raise two bases to the
/// same secret exponent at once, each step reading the table but once.
/// </summary>
internal sealed class TwinEngine : ModularEngine
{
    private readonly ModularEngine _inner;
    private readonly ulong[] _one;

    /// <summary>Takes over the engine of singles.</summary>
    public TwinEngine(ModularEngine inner)
        : base(inner.Modulus)
    {
        _inner = inner;
        _one = [.. First(inner.One), .. First(inner.One)];
    }

    public override int Lanes => _inner.Lanes;

    public override int SingleLength => _inner.SingleLength;

    public override ReadOnlySpan<ulong> One => _one;

    public override void MultiplyPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z)
    {
        _inner.MultiplySingles(First(x), First(y), z[..SingleLength]);
        _inner.MultiplySingles(Second(x), Second(y), z.Slice(SingleLength, SingleLength));
    }

    public override void SquarePairs(ReadOnlySpan<ulong> x, Span<ulong> z)
    {
        _inner.SquareSingles(First(x), z[..SingleLength]);
        _inner.SquareSingles(Second(x), z.Slice(SingleLength, SingleLength));
    }

    public override void MultiplySingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => _inner.MultiplySingles(x, y, z);

    public override void SquareSingles(ReadOnlySpan<ulong> x, Span<ulong> z) => _inner.SquareSingles(x, z);

    public override void AddSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => _inner.AddSingles(x, y, z);

    public override void SubtractSingles(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => _inner.SubtractSingles(x, y, z);

    public override void LoadPairs(ReadOnlySpan<ulong> numbers, int words, Span<ulong> pairs) => throw new NotSupportedException("Twins are loaded one after the other.");

    public override void LoadSingles(ReadOnlySpan<ulong> numbers, int words, Span<ulong> singles) => _inner.LoadSingles(numbers, words, singles);

    public override void StoreHalves(ReadOnlySpan<ulong> pairs, Span<ulong> halves) => throw new NotSupportedException("Twins are stored one after the other.");

    public override void StoreSingles(ReadOnlySpan<ulong> singles, Span<ulong> numbers) => _inner.StoreSingles(singles, numbers);

    public override void Select(ReadOnlySpan<ulong> table, bool shared, ReadOnlySpan<long> digits, bool hardened, Span<ulong> pairs) => _inner.Select(table, shared, digits, hardened, pairs);

    public override void Extract(ReadOnlySpan<ulong> pairs, int lane, Span<ulong> entry) => _inner.Extract(pairs, lane, entry);

    public override void Insert(ReadOnlySpan<ulong> entry, int lane, Span<ulong> pairs) => _inner.Insert(entry, lane, pairs);

    public override void SubtractPairs(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, Span<ulong> z) => throw new NotSupportedException("Twins are multiplied only.");

    public override void Dispose()
    {
        _inner.Dispose();
        base.Dispose();
    }

    private ReadOnlySpan<ulong> First(ReadOnlySpan<ulong> pair) => pair[.._inner.SingleLength];

    private ReadOnlySpan<ulong> Second(ReadOnlySpan<ulong> pair) => pair.Slice(_inner.SingleLength, _inner.SingleLength);
}
