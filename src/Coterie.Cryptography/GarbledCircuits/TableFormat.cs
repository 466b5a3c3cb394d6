using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// The tables of a batch as they travel: version (1 byte) and three zeros, instances (4), the batch's first tweak (8), the circuit's fingerprint (16), all little-endian; then
/// 32 bytes for each conjunction of each instance. The evaluator knows all of it but the rows beforehand.
/// </summary>
internal static class TableFormat
{
    public const int HeaderLength = 32;

    private const byte Version = 1;
    private const int InstancesAt = 4, TweakAt = 8, CircuitAt = 16;

    /// <exception cref="ArgumentOutOfRangeException">More than an array holds: garble fewer instances at once.</exception>
    public static int Length(Circuit circuit, int instances)
    {
        var length = HeaderLength + (circuit.TableBytes * instances);
        if (length > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(instances), $"{instances} instances of {circuit.TableBytes} bytes are too many at once; {circuit.InstancesWithin(Array.MaxLength / 2)} are fine.");
        return (int)length;
    }

    public static byte[] Create(Circuit circuit, int instances, ulong tweak)
    {
        // Every row is written: no need to clear them first.
        var tables = GC.AllocateUninitializedArray<byte>(Length(circuit, instances));
        tables.AsSpan(0, HeaderLength).Clear();
        tables[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(tables.AsSpan(InstancesAt), instances);
        BinaryPrimitives.WriteUInt64LittleEndian(tables.AsSpan(TweakAt), tweak);
        circuit.Fingerprint.CopyTo(tables.AsSpan(CircuitAt));
        return tables;
    }

    /// <summary>The rows of tables that are what this evaluator expects next.</summary>
    /// <exception cref="CryptographicException">They are not; it says which part.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> tables, Circuit circuit, int instances, ulong tweak)
    {
        var expected = Length(circuit, instances);
        if (tables.Length != expected) throw new CryptographicException($"Garbled tables of {expected} bytes expected for {instances} instances, {tables.Length} given.");
        if (BinaryPrimitives.ReadUInt32LittleEndian(tables) is var version && version != Version) throw new CryptographicException($"Garbled tables of version {Version} expected, {version} given.");
        if (BinaryPrimitives.ReadInt32LittleEndian(tables[InstancesAt..]) is var count && count != instances) throw new CryptographicException($"Garbled tables of {instances} instances expected, {count} given.");
        if (BinaryPrimitives.ReadUInt64LittleEndian(tables[TweakAt..]) is var first && first != tweak)
            throw new CryptographicException($"Garbled tables from tweak {tweak} on expected, {first} given: batches are evaluated once and in the order they were garbled.");
        if (!tables[CircuitAt..HeaderLength].SequenceEqual(circuit.Fingerprint.AsSpan())) throw new CryptographicException("Garbled tables are of another circuit.");
        return tables[HeaderLength..];
    }
}
