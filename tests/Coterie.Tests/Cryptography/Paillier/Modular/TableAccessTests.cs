using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

/// <summary>What a selection reads of its table. The last entry begins a page, so that nothing but reading it touches that page.</summary>
public sealed class TableAccessTests
{
    [TouchedPagesFact]
    public void Select_Hardened_ReadsEveryEntryWhateverTheDigits() => EachTable((engine, shared, entries, _) =>
    {
        // To be read whole, entries that lanes share lie side by side in blocks of as many as there are lanes.
        var entryLength = engine.PairLength;
        foreach (var digits in Digits(engine.Lanes, shared ? entries * engine.Lanes : entries))
        {
            var (touched, offset) = Touched(engine, shared, entries, entryLength, digits, hardened: true);
            var (first, last) = (offset / TouchedPages.PageBytes, (offset + (entries * entryLength * sizeof(ulong)) - 1) / TouchedPages.PageBytes);
            Assert.Equal(Enumerable.Range(first, last - first + 1), touched);
        }
    });

    /// <summary>That the other test can fail.</summary>
    [TouchedPagesFact]
    public void Select_NotHardened_ReadsTheEntriesOfTheDigitsOnly() => EachTable((engine, shared, entries, entryLength) =>
    {
        foreach (var digits in Digits(engine.Lanes, entries))
        {
            var (touched, offset) = Touched(engine, shared, entries, entryLength, digits, hardened: false);
            var expected = digits.SelectMany(digit =>
            {
                var begin = offset + ((int)digit * entryLength * sizeof(ulong));
                var (first, last) = (begin / TouchedPages.PageBytes, (begin + (entryLength * sizeof(ulong)) - 1) / TouchedPages.PageBytes);
                return Enumerable.Range(first, last - first + 1);
            }).Distinct().Order();
            Assert.Equal(expected, touched);
        }
    });

    private static void EachTable(Action<ModularEngine, bool, int, int> test)
    {
        var modulus = new ulong[32];
        modulus.AsSpan().Fill(ulong.MaxValue);
        foreach (var kind in ModularEngines.Supported)
        {
            using var engine = ModularEngines.Create(modulus, kind);
            foreach (var shared in new[] { false, true })
            {
                // Entries as they come, and as long as a page begins: what is last differs from table to table, so that each index is last in one.
                for (var entries = 1; entries <= 17; entries++) test(engine, shared, entries, shared ? engine.EntryLength : engine.PairLength);
            }
        }
    }

    /// <summary>The pages that a selection reads of a fresh table of zeros, whose last entry begins a page, and where the table begins.</summary>
    private static (int[] Pages, int Offset) Touched(ModularEngine engine, bool shared, int entries, int entryLength, long[] digits, bool hardened)
    {
        using var pages = new TouchedPages((entries * entryLength * sizeof(ulong)) + TouchedPages.PageBytes);
        var before = (entries - 1) * entryLength * sizeof(ulong);
        var offset = (TouchedPages.PageBytes - (before % TouchedPages.PageBytes)) % TouchedPages.PageBytes;
        var block = new ulong[engine.PairLength];
        engine.Select(pages.Words(offset, entries * entryLength), shared, digits, hardened, block);
        Assert.All(block, word => Assert.Equal(0UL, word));
        return (pages.Touched(), offset);
    }

    private static long[][] Digits(int lanes, int entries) =>
    [
        new long[lanes],
        [.. Enumerable.Repeat(entries - 1L, lanes)],
        [.. Enumerable.Range(0, lanes).Select(lane => (3L * lane) % entries)],
        [.. Enumerable.Repeat(entries / 2L, lanes)],
    ];
}
