namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Inverses modulo n^2 of many numbers that are no secrets: three products each, and one extended Euclidean algorithm in all (Montgomery's trick), over
/// blocks one after the other and over lanes in pairs of pairs.
/// </summary>
internal static class Inverses
{
    /// <summary>Inverts every lane of every block in place.</summary>
    /// <exception cref="ArgumentException">A number that has no inverse.</exception>
    public static void Invert(ModularEngine engine, Span<ulong> blocks)
    {
        var length = engine.PairLength;
        if (blocks.IsEmpty) return;
        // Each block times all before it.
        var products = blocks.ToArray();
        for (var i = length; i < blocks.Length; i += length) engine.MultiplyPairs(products.AsSpan(i - length, length), products.AsSpan(i, length), products.AsSpan(i, length));
        var inverse = InvertLanes(engine, products.AsSpan(products.Length - length));
        var kept = new ulong[length];
        for (var i = blocks.Length - length; i > 0; i -= length)
        {
            var block = blocks.Slice(i, length);
            block.CopyTo(kept);
            engine.MultiplyPairs(inverse, products.AsSpan(i - length, length), block);
            engine.MultiplyPairs(inverse, kept, inverse);
        }
        inverse.CopyTo(blocks);
    }

    /// <summary>Whether all numbers are coprime to n.</summary>
    public static bool AreInvertible(ModularEngine engine, ReadOnlySpan<ulong> blocks)
    {
        var (length, single) = (engine.PairLength, engine.SingleLength);
        if (blocks.IsEmpty) return true;
        var product = blocks[..single].ToArray();
        for (var i = length; i < blocks.Length; i += length) engine.MultiplySingles(product, blocks.Slice(i, single), product);
        // One divisor of all lanes' product is found by a single run of the algorithm.
        return Euclid.TryInvert(Reduced(engine, ProductOfLanes(engine, product, [])), engine.Modulus, []);
    }

    /// <summary>The inverse of every lane: of u modulo n, and from that modulo n^2, y (2 - x y) for y = 1/u.</summary>
    private static ulong[] InvertLanes(ModularEngine engine, ReadOnlySpan<ulong> pairs)
    {
        var (words, single) = (engine.Words, engine.SingleLength);
        var (others, y) = (engine.One[..single].ToArray(), new ulong[engine.PairLength]);
        var product = ProductOfLanes(engine, pairs[..single], others);
        var (numbers, inverse) = (new ulong[words * engine.Lanes], new ulong[words]);
        if (!Euclid.TryInvert(Reduced(engine, product), engine.Modulus, inverse)) throw new ArgumentException("A number shares a factor with the modulus.", nameof(pairs));
        for (var lane = 0; lane < engine.Lanes; lane++) inverse.CopyTo(numbers.AsSpan(lane * words));
        engine.LoadSingles(numbers, words, y);
        // As the pair (y, 0) it may be another number modulo n^2, but modulo n it is the same one.
        engine.MultiplySingles(y, others, y);
        var (rest, two) = (new ulong[engine.PairLength], engine.One.ToArray());
        engine.AddSingles(two.AsSpan(0, single), engine.One, two.AsSpan(0, single));
        engine.AddSingles(two.AsSpan(single), engine.One[single..], two.AsSpan(single));
        engine.MultiplyPairs(pairs, y, rest);
        engine.SubtractPairs(two, rest, rest);
        engine.MultiplyPairs(y, rest, y);
        return y;
    }

    /// <summary>The product of all lanes, in each of them; and, where there is room for it, every lane's product of all others.</summary>
    private static ulong[] ProductOfLanes(ModularEngine engine, ReadOnlySpan<ulong> singles, Span<ulong> others)
    {
        var (product, next) = (singles.ToArray(), new ulong[singles.Length]);
        for (var distance = 1; distance < engine.Lanes; distance *= 2)
        {
            // The product of as many lanes as were joined so far, beginning with the next one.
            engine.Rotate(product, distance, next);
            if (!others.IsEmpty) engine.MultiplySingles(others, next, others);
            engine.MultiplySingles(product, next, product);
        }
        return product;
    }

    /// <summary>The first lane's number below n.</summary>
    private static ReadOnlySpan<ulong> Reduced(ModularEngine engine, ReadOnlySpan<ulong> singles)
    {
        var numbers = new ulong[engine.Words * engine.Lanes];
        engine.StoreSingles(singles, numbers);
        return numbers.AsSpan(0, engine.Words);
    }
}
