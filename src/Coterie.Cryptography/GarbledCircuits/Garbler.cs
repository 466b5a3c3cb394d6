using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// A session's garbler: free exclusive or (Kolesnikov, Schneider, ICALP 2008), half gates (Zahur, Rosulek, Evans, EUROCRYPT 2015), and a hash that is safe for many instances
/// (Guo, Katz, Wang, Weng, Yu, CRYPTO 2020): H(x, t) = AES(key t, sigma(x)) ^ sigma(x), with a key of its own for each half gate of each instance
/// of each batch. Against a semi-honest evaluator it hides everything but what is decoded; the garbler learns nothing from it at all. Not thread-safe.
/// </summary>
/// <remarks>
/// One session, one Delta: the evaluator must never see two labels of one wire. A session's evaluator is <see cref="CircuitEvaluator"/>; it takes batches in the order
/// they were garbled.
/// </remarks>
public sealed class Garbler : IDisposable
{
    /// <summary>Bytes of <see cref="Start"/>.</summary>
    public const int StartLength = 16;

    private readonly CryptographicRandom _random;
    private readonly byte[] _start;
    private readonly GatePath _path;
    private UInt128 _delta;
    private ulong _tweak;
    private bool _disposed;

    /// <summary>A garbler with an offset and a start point of its own.</summary>
    public Garbler(CryptographicRandom random)
        : this(random, RandomOffset(random))
    {
    }

    /// <summary>
    /// A garbler whose labels differ by <paramref name="delta"/>: the offset of correlated oblivious transfers, by which the evaluator gets its labels. Its lowest bit, the colour,
    /// is 1; the others are uniform and the garbler's secret.
    /// </summary>
    /// <exception cref="ArgumentException">The lowest bit is 0.</exception>
    public Garbler(CryptographicRandom random, UInt128 delta)
        : this(random, delta, CircuitKernel.Fastest)
    {
    }

    internal Garbler(CryptographicRandom random, UInt128 delta, GatePath path)
    {
        ArgumentNullException.ThrowIfNull(random);
        if ((delta & 1) == 0) throw new ArgumentException("The labels' offset has lowest bit 1, so that the two labels of a wire differ in colour.", nameof(delta));
        _random = random;
        _delta = delta;
        _path = path;
        _start = random.Bytes(StartLength);
    }

    /// <summary>The start point of the hash keys; the evaluator needs it, and it is no secret.</summary>
    public ReadOnlyMemory<byte> Start => _start;

    /// <summary>The offset between two labels of a wire: for the sender of correlated oblivious transfers, and never for the evaluator.</summary>
    public UInt128 Delta
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _delta;
        }
    }

    /// <summary>Garbles a circuit for as many inputs; the evaluator's labels come from <see cref="GarbledBatch.TakeEvaluatorPairs"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No instances, or more than fit an array (<see cref="Circuit.InstancesWithin"/>).</exception>
    public GarbledBatch Garble(Circuit circuit, int instances)
    {
        Require(circuit, instances);
        return Garble(circuit, instances, DeferredInputs.Draw(_random).Zeros(instances, circuit.EvaluatorInputs), pairs: true);
    }

    /// <summary>
    /// Garbles a circuit whose evaluator already holds its labels by correlated oblivious transfers under this garbler's <see cref="Delta"/>.
    /// </summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="instances">How often.</param>
    /// <param name="evaluatorZeros">The transfers' strings for choice 0: of every instance, one for each input bit of the evaluator. They serve this once.</param>
    /// <exception cref="ArgumentException">Not as many labels as inputs.</exception>
    public GarbledBatch Garble(Circuit circuit, int instances, ReadOnlySpan<UInt128> evaluatorZeros)
    {
        Require(circuit, instances);
        if (evaluatorZeros.Length != (long)instances * circuit.EvaluatorInputs)
            throw new ArgumentException($"{instances} x {circuit.EvaluatorInputs} labels expected, {evaluatorZeros.Length} given.", nameof(evaluatorZeros));
        return Garble(circuit, instances, evaluatorZeros.ToArray(), pairs: false);
    }

    /// <summary>Forgets the offset; batches keep theirs until they are disposed of.</summary>
    public void Dispose()
    {
        _delta = 0;
        _disposed = true;
    }

    private GarbledBatch Garble(Circuit circuit, int instances, UInt128[] evaluatorZeros, bool pairs)
    {
        var inputs = DeferredInputs.Draw(_random);
        var garblerZeros = inputs.Zeros(instances, circuit.GarblerInputs);
        var tables = TableFormat.Create(circuit, instances, _tweak);
        var outputs = new UInt128[checked(instances * circuit.Outputs.Length)];
        var rows = tables.AsSpan(TableFormat.HeaderLength);
        var key = HashKey.Read(_start);
        // Used up before anything is garbled: whatever happens, no tweak comes twice.
        var tweak = _tweak;
        _tweak = checked(_tweak + CircuitKernel.Tweaks(circuit, instances));
        switch (_path)
        {
            case GatePath.Wide:
                CircuitKernel.Garble<HalfGatesWide>(circuit, instances, key, tweak, _delta, garblerZeros, evaluatorZeros, rows, outputs);
                break;
            case GatePath.Instructions:
                CircuitKernel.Garble<HalfGatesX86>(circuit, instances, key, tweak, _delta, garblerZeros, evaluatorZeros, rows, outputs);
                break;
            default:
                CircuitKernel.Garble<HalfGatesPortable>(circuit, instances, key, tweak, _delta, garblerZeros, evaluatorZeros, rows, outputs);
                break;
        }
        return new GarbledBatch(circuit, instances, tables, _delta, inputs, garblerZeros, evaluatorZeros, pairs, outputs, key.Projection(tweak));
    }

    private void Require(Circuit circuit, int instances)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentOutOfRangeException.ThrowIfLessThan(instances, 1);
        _ = TableFormat.Length(circuit, instances);
    }

    private static UInt128 RandomOffset(CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[LabelBlock.Length];
        random.Fill(bytes);
        var offset = BinaryPrimitives.ReadUInt128LittleEndian(bytes) | 1;
        CryptographicOperations.ZeroMemory(bytes);
        return offset;
    }
}
