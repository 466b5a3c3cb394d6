using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Boosting;

/// <summary>
/// A participant's rows as bins. With at most 255 bins a feature, four features' bins of a row share a word, so that a row's place is looked up once for all four and their histograms stay in the first-level cache; with more, each
/// feature has a column of its own.
/// </summary>
internal sealed class BinnedRows
{
    private const int Together = 4;
    private const int Slots = 256;
    private const int MissingSlot = Slots - 1;
    private const ushort MissingWide = ushort.MaxValue;

    /// <summary>So many rows ahead of the one that is added, the word of a row is fetched: rows of a node lie far apart.</summary>
    private const int Ahead = 24;

    /// <summary>Rows whose cells are looked up feature by feature.</summary>
    private const int CellsAtOnce = 512;

    /// <summary>Rows times words from which on several threads are worth their start.</summary>
    private const long Parallelism = 1 << 15;

    private readonly FeatureCuts _cuts;
    private readonly uint[][] _words = [];
    private readonly ushort[][] _wide = [];

    /// <summary>Bins of all cells; NaN is missing.</summary>
    public BinnedRows(FeatureCuts cuts, Matrix features)
    {
        (_cuts, Rows) = (cuts, features.Rows);
        var most = Enumerable.Range(0, cuts.Features).Select(cuts.BinsOf).DefaultIfEmpty(0).Max();
        if (most > MissingWide) throw new ArgumentException($"A feature has more than {MissingWide} bins.", nameof(cuts));
        var lookups = cuts.Of.Select(c => new CutLookup(c.AsSpan())).ToArray();
        if (most > CutSearch.MostBins)
        {
            _wide = [.. Enumerable.Range(0, cuts.Features).Select(_ => new ushort[Rows])];
            Parallel.For(0, _wide.Length, j => Fill(features, lookups[j], j, _wide[j]));
            return;
        }
        _words = [.. Enumerable.Range(0, (cuts.Features + Together - 1) / Together).Select(_ => new uint[Rows])];
        Parallel.For(0, (Rows + CellsAtOnce - 1) / CellsAtOnce, block => Fill(features, lookups, block * CellsAtOnce, Math.Min((block + 1) * CellsAtOnce, Rows)));
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>
    /// Adds up derivatives by bins. Bins of all features lie one after the other; rows without a cell are in none of its feature.
    /// </summary>
    /// <param name="rows">Which rows; empty: all of them.</param>
    /// <param name="derivatives">Of these rows, packed (<see cref="GradientScale.Pack"/>).</param>
    /// <param name="blockRows">Rows whose sums fit in a word.</param>
    /// <param name="gradients">Sums of first derivatives, added to.</param>
    /// <param name="hessians">Sums of second derivatives, added to.</param>
    public void Accumulate(ReadOnlyMemory<int> rows, ReadOnlyMemory<long> derivatives, int blockRows, Memory<long> gradients, Memory<long> hessians)
    {
        var parts = Math.Max(_wide.Length, _words.Length);
        var threads = (long)derivatives.Length * parts < Parallelism ? 1 : Math.Min(Environment.ProcessorCount, parts);
        void Of(int thread)
        {
            var (first, end) = (parts * thread / threads, parts * (thread + 1) / threads);
            if (_wide.Length == 0) AccumulateWords(first, end, rows.Span, derivatives.Span, blockRows, gradients.Span, hessians.Span);
            else for (var feature = first; feature < end; feature++) AccumulateWide(feature, rows.Span, derivatives.Span, gradients.Span, hessians.Span);
        }
        if (threads == 1) Of(0);
        else Parallel.For(0, threads, Of);
    }

    /// <summary>Divides rows, those that go left first, both sides in the order they were in; how many go left.</summary>
    /// <param name="feature">By whose bins.</param>
    /// <param name="bin">The last bin that goes left.</param>
    /// <param name="isMissingLeft">Whether rows without a cell go left.</param>
    /// <param name="rows">In place.</param>
    /// <param name="scratch">As long.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Divide(int feature, int bin, bool isMissingLeft, Span<int> rows, Span<int> scratch)
    {
        var (left, right) = (0, 0);
        if (_wide.Length > 0)
        {
            foreach (var row in rows)
            {
                var at = _wide[feature][row];
                if (at == MissingWide ? isMissingLeft : at <= bin) rows[left++] = row;
                else scratch[right++] = row;
            }
        }
        else
        {
            Span<int> sides = stackalloc int[Slots];
            for (var b = 0; b < Slots; b++) sides[b] = b == MissingSlot ? (isMissingLeft ? 1 : 0) : b <= bin ? 1 : 0;
            ref var words = ref MemoryMarshal.GetArrayDataReference(_words[feature / Together]);
            var shift = 8 * (feature % Together);
            ref var side = ref MemoryMarshal.GetReference(sides);
            ref var target = ref MemoryMarshal.GetReference(rows);
            ref var rest = ref MemoryMarshal.GetReference(scratch[..rows.Length]);
            // Both are written, and one of the two places moves on: no branch that cannot be foreseen.
            for (var i = 0; i < rows.Length; i++)
            {
                var row = Unsafe.Add(ref target, i);
                var goesLeft = Unsafe.Add(ref side, (nint)((Unsafe.Add(ref words, row) >> shift) & MissingSlot));
                Unsafe.Add(ref rest, i - left) = row;
                Unsafe.Add(ref target, left) = row;
                left += goesLeft;
            }
            right = rows.Length - left;
        }
        scratch[..right].CopyTo(rows[left..]);
        return left;
    }

    private static void Fill(Matrix features, CutLookup lookup, int feature, ushort[] column)
    {
        for (var i = 0; i < column.Length; i++) column[i] = features[i, feature] is var cell && double.IsNaN(cell) ? MissingWide : (ushort)lookup.BinOf(cell);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(Matrix features, CutLookup[] lookups, int begin, int end)
    {
        var cells = features.Values;
        for (var j = 0; j < lookups.Length; j++)
        {
            var (lookup, words, shift) = (lookups[j], _words[j / Together], 8 * (j % Together));
            for (var i = begin; i < end; i++)
            {
                var cell = cells[(i * lookups.Length) + j];
                words[i] |= (double.IsNaN(cell) ? MissingSlot : (uint)lookup.BinOf(cell)) << shift;
            }
        }
    }

    private void AccumulateWords(int firstWord, int endWord, ReadOnlySpan<int> rows, ReadOnlySpan<long> derivatives, int blockRows, Span<long> gradients, Span<long> hessians)
    {
        Span<long> sums = stackalloc long[Together * Slots];
        for (var word = firstWord; word < endWord; word++)
        {
            for (var begin = 0; begin < derivatives.Length; begin += blockRows)
            {
                var some = derivatives.Slice(begin, Math.Min(blockRows, derivatives.Length - begin));
                sums.Clear();
                if (rows.IsEmpty) Add(_words[word].AsSpan(begin, some.Length), some, sums);
                else AddRows(_words[word], rows[begin..], some, sums);
                for (var j = word * Together; j < Math.Min((word + 1) * Together, _cuts.Features); j++)
                    Unpack(sums.Slice(j % Together * Slots, _cuts.BinsOf(j)), gradients.Slice(_cuts.StartOf(j), _cuts.BinsOf(j)), hessians.Slice(_cuts.StartOf(j), _cuts.BinsOf(j)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<uint> words, ReadOnlySpan<long> derivatives, Span<long> sums)
    {
        ref var sum = ref MemoryMarshal.GetReference(sums);
        for (var i = 0; i < words.Length; i++) AddFour(ref sum, words[i], derivatives[i]);
    }

    /// <summary>Of the first so many rows as there are derivatives; those behind are fetched ahead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddRows(uint[] words, ReadOnlySpan<int> rows, ReadOnlySpan<long> derivatives, Span<long> sums)
    {
        ref var sum = ref MemoryMarshal.GetReference(sums);
        fixed (uint* word = words)
        {
            var fetched = Sse.IsSupported ? Math.Min(derivatives.Length, rows.Length - Ahead) : 0;
            var i = 0;
            for (; i < fetched; i++)
            {
                Sse.Prefetch0(word + rows[i + Ahead]);
                AddFour(ref sum, word[rows[i]], derivatives[i]);
            }
            for (; i < derivatives.Length; i++) AddFour(ref sum, word[rows[i]], derivatives[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(ref long sum, uint word, long derivatives)
    {
        unchecked
        {
            Unsafe.Add(ref sum, (nint)(word & MissingSlot)) += derivatives;
            Unsafe.Add(ref sum, (nint)(Slots + ((word >> 8) & MissingSlot))) += derivatives;
            Unsafe.Add(ref sum, (nint)((2 * Slots) + ((word >> 16) & MissingSlot))) += derivatives;
            Unsafe.Add(ref sum, (nint)((3 * Slots) + (word >> 24))) += derivatives;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Unpack(ReadOnlySpan<long> sums, Span<long> gradients, Span<long> hessians)
    {
        unchecked
        {
            for (var b = 0; b < sums.Length; b++)
            {
                // The lower half is not negative: what is left without it is the upper one times 2^32.
                gradients[b] += sums[b] >> 32;
                hessians[b] += sums[b] & uint.MaxValue;
            }
        }
    }

    private void AccumulateWide(int feature, ReadOnlySpan<int> rows, ReadOnlySpan<long> derivatives, Span<long> gradients, Span<long> hessians)
    {
        var (column, start) = (_wide[feature], _cuts.StartOf(feature));
        for (var i = 0; i < derivatives.Length; i++)
        {
            var bin = column[rows.IsEmpty ? i : rows[i]];
            if (bin == MissingWide) continue;
            gradients[start + bin] += derivatives[i] >> 32;
            hessians[start + bin] += derivatives[i] & uint.MaxValue;
        }
    }
}
