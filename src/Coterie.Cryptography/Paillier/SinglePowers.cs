using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>Powers modulo n, one exponent for all lanes: a third of what they cost modulo n^2.</summary>
internal static class SinglePowers
{
    private const int Window = 5;

    /// <summary>Left to right with fixed windows of five bits.</summary>
    /// <param name="engine">The modulus.</param>
    /// <param name="bases">A block of singles.</param>
    /// <param name="exponent">Little-endian; only its length shows when hardened.</param>
    /// <param name="hardened">Whether the table is read whole, for a secret exponent.</param>
    /// <param name="result">A block of singles; may be the bases.</param>
    public static void RaiseAll(ModularEngine engine, ReadOnlySpan<ulong> bases, ReadOnlySpan<ulong> exponent, bool hardened, Span<ulong> result)
    {
        // Tables are made of pairs; the second halves stay zero.
        var (single, length) = (engine.SingleLength, engine.PairLength);
        var (table, power, factor) = (new ulong[length << Window], engine.One[..single].ToArray(), new ulong[length]);
        power.CopyTo(table, 0);
        for (var e = 1; e < 1 << Window; e++) engine.MultiplySingles(table.AsSpan((e - 1) * length, single), bases, table.AsSpan(e * length, single));
        var digits = new long[engine.Lanes];
        for (var i = ((64 * exponent.Length) + Window - 1) / Window; i-- > 0;)
        {
            for (var s = 0; s < Window; s++) engine.SquareSingles(power, power);
            Array.Fill(digits, (long)LittleWords.Bits(exponent, i * Window, Window));
            engine.Select(table, shared: false, digits, hardened, factor);
            engine.MultiplySingles(power, factor, power);
        }
        power.CopyTo(result);
        Array.Clear(digits);
        foreach (var secret in new[] { table, power, factor }) LittleWords.Zero(secret);
    }
}
