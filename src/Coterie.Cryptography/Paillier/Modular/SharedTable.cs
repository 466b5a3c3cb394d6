namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>
/// Pairs among which every lane chooses one. For reading all of them whatever is chosen they lie side by side in lanes of blocks, where a few
/// permutations of registers find what the lanes choose; for reading only what is chosen each lies by itself.
/// </summary>
internal sealed class SharedTable
{
    private readonly ModularEngine _engine;
    private readonly bool _hardened;
    private readonly ulong[] _words;

    /// <summary>A table of so many entries, all zero.</summary>
    public SharedTable(ModularEngine engine, int entries, bool hardened)
    {
        (_engine, _hardened) = (engine, hardened);
        _words = new ulong[BytesFor(engine, entries, hardened) / sizeof(ulong)];
    }

    /// <summary>Bytes that so many entries take: when all are read, whole blocks of them.</summary>
    public static long BytesFor(ModularEngine engine, int entries, bool hardened) =>
        sizeof(ulong) * (long)engine.EntryLength * (hardened ? (entries + engine.Lanes - 1) / engine.Lanes * engine.Lanes : entries);

    /// <summary>Makes one lane's pair an entry.</summary>
    public void Put(int entry, ReadOnlySpan<ulong> pairs, int lane)
    {
        var (lanes, length) = (_engine.Lanes, _engine.PairLength);
        if (!_hardened)
        {
            _engine.Extract(pairs, lane, _words.AsSpan(entry * _engine.EntryLength, _engine.EntryLength));
            return;
        }
        var block = _words.AsSpan(entry / lanes * length, length);
        for (int from = lane, to = entry % lanes; from < length; from += lanes, to += lanes) block[to] = pairs[from];
    }

    /// <summary>Every lane's choice as a block.</summary>
    public void Select(ReadOnlySpan<long> digits, Span<ulong> pairs) => _engine.Select(_words, shared: true, digits, _hardened, pairs);

    /// <summary>Zeroes all entries.</summary>
    public void Clear() => LittleWords.Zero(_words);
}
