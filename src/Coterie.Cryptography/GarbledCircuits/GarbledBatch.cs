using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// One circuit garbled for many instances, at the garbler. Inputs are encoded once: a second encoding could show both labels of a wire, which opens every wire. Every output bit is
/// decoded by the evaluator, shared, or projected, and nothing besides. Holds secrets until disposed of.
/// </summary>
public sealed class GarbledBatch : IDisposable
{
    private enum Use : byte { None, Shared, Decoded, Projected }

    private readonly byte[] _tables;
    private readonly DeferredInputs _inputs;
    private readonly UInt128[] _garblerZeros;
    private readonly UInt128[] _evaluatorZeros;
    private readonly UInt128[] _outputs;
    private readonly UInt128 _key;
    private readonly Use[] _uses;
    private UInt128 _delta;
    private bool _encoded;
    private bool _pairsGone;
    private bool _disposed;

    internal GarbledBatch(Circuit circuit, int instances, byte[] tables, UInt128 delta, DeferredInputs inputs, UInt128[] garblerZeros, UInt128[] evaluatorZeros, bool pairs, UInt128[] outputs, UInt128 key)
    {
        Circuit = circuit;
        Instances = instances;
        _tables = tables;
        _delta = delta;
        _inputs = inputs;
        _garblerZeros = garblerZeros;
        _evaluatorZeros = evaluatorZeros;
        _pairsGone = !pairs;
        _outputs = outputs;
        _key = key;
        _uses = new Use[circuit.Outputs.Length];
    }

    /// <summary>What was garbled.</summary>
    public Circuit Circuit { get; }

    /// <summary>How often.</summary>
    public int Instances { get; }

    /// <summary>The tables for the evaluator: a header of 32 bytes, then 32 for each conjunction of each instance. They say nothing without labels.</summary>
    public ReadOnlyMemory<byte> Tables => _tables;

    /// <summary>The labels of the garbler's own inputs, for the evaluator: one of the two, which tells it nothing. Once only.</summary>
    /// <param name="bits">The inputs, as <see cref="PackedBits"/> lays them.</param>
    /// <exception cref="InvalidOperationException">A second encoding.</exception>
    public UInt128[] EncodeGarbler(ReadOnlySpan<byte> bits)
    {
        PackedBits.Require(bits, _garblerZeros.Length, nameof(bits));
        ClaimEncoding();
        return DeferredInputs.Encode(_garblerZeros, _delta, bits);
    }

    /// <summary>What encodes the garbler's inputs later, when this batch is gone: for circuits that are garbled before their inputs are there. In place of <see cref="EncodeGarbler"/>.</summary>
    /// <exception cref="InvalidOperationException">They were encoded before.</exception>
    public DeferredInputs DeferGarbler()
    {
        ClaimEncoding();
        return _inputs;
    }

    /// <summary>
    /// Both labels of every input of the evaluator, of every instance, for oblivious transfers of chosen strings: the evaluator gets one of each. Once only; absent where its labels
    /// came from correlated transfers.
    /// </summary>
    /// <exception cref="InvalidOperationException">Taken before, or there are none.</exception>
    public (UInt128[] Zero, UInt128[] One) TakeEvaluatorPairs()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_pairsGone) throw new InvalidOperationException("The evaluator's labels of a batch are given once, or came from correlated transfers.");
        _pairsGone = true;
        var ones = new UInt128[_evaluatorZeros.Length];
        for (var i = 0; i < ones.Length; i++) ones[i] = _evaluatorZeros[i] ^ _delta;
        return ([.. _evaluatorZeros], ones);
    }

    /// <summary>
    /// The garbler's exclusive-or shares of output bits <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of every instance; the evaluator's are
    /// <see cref="EvaluatedBatch.Shares"/>. Each is a uniform bit.
    /// </summary>
    /// <exception cref="InvalidOperationException">The evaluator may decode one of them.</exception>
    public byte[] Shares(int first, int count) => Outputs(first, count, Use.Shared);

    /// <summary>What the evaluator needs to read those output bits, and only those. The garbler does not learn them.</summary>
    /// <exception cref="InvalidOperationException">One of them is shared.</exception>
    public byte[] Decoding(int first, int count) => Outputs(first, count, Use.Decoded);

    /// <summary>
    /// The garbler's additive shares of all outputs, modulo 2^64, words of an instance one after the other, and what the evaluator needs to have the others:
    /// <see cref="EvaluatedBatch.Project"/>. Both shares are uniform.
    /// </summary>
    /// <exception cref="InvalidOperationException">An output bit was shared, decoded or projected before.</exception>
    public (byte[] Rows, ulong[] Shares) Project(OutputProjection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (projection.Bits != Circuit.Outputs.Length) throw new ArgumentException($"The projection is of {projection.Bits} output bits, the circuit has {Circuit.Outputs.Length}.", nameof(projection));
        if (_uses.AsSpan().ContainsAnyExcept(Use.None)) throw new InvalidOperationException("Output bits are projected once, and not shared or decoded besides: their colours are the bits.");
        _uses.AsSpan().Fill(Use.Projected);
        return projection.Garble(_outputs, _delta, _key);
    }

    /// <summary>
    /// The garbler's exclusive-or shares of projected numbers that are one bit times a constant, 0 or 1 in a word each, in the order of <see cref="Project"/>'s: whether they are not 0.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing was projected, or numbers have more than one bit.</exception>
    public ulong[] Marks(OutputProjection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_uses.Contains(Use.None) || _uses.Contains(Use.Decoded) || _uses.Contains(Use.Shared)) throw new InvalidOperationException("Marks are of numbers that were projected.");
        return projection.Marks(_outputs, isGarbler: true);
    }

    /// <summary>Forgets labels and offset.</summary>
    public void Dispose()
    {
        _disposed = true;
        _delta = 0;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_garblerZeros.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_evaluatorZeros.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_outputs.AsSpan()));
    }

    private void ClaimEncoding()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_encoded) throw new InvalidOperationException("The garbler's inputs of a batch are encoded once: the second labels would show the offset of all.");
        _encoded = true;
    }

    private byte[] Outputs(int first, int count, Use use)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        OutputColours.RequireRange(Circuit, first, count);
        foreach (ref var before in _uses.AsSpan(first, count))
        {
            if (before != Use.None && before != use)
                throw new InvalidOperationException("An output bit is either shared, or decoded by the evaluator, or projected; with the decoding a share would be the bit.");
            before = use;
        }
        return OutputColours.Select(Circuit, Instances, _outputs, first, count);
    }
}
