namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Colour bits of a part of the outputs.</summary>
internal static class OutputColours
{
    public static void RequireRange(Circuit circuit, int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + count, circuit.Outputs.Length, nameof(count));
    }

    public static byte[] Select(Circuit circuit, int instances, ReadOnlySpan<UInt128> outputs, int first, int count)
    {
        RequireRange(circuit, first, count);
        var width = circuit.Outputs.Length;
        var selected = new byte[PackedBits.Bytes((long)instances * count)];
        for (var i = 0; i < instances; i++)
            for (var w = 0; w < count; w++)
            {
                var at = ((long)i * count) + w;
                // No branch: a colour is a share of a secret bit.
                selected[at >> 3] |= (byte)(unchecked((int)(ulong)outputs[(i * width) + first + w] & 1) << (int)(at & 7));
            }
        return selected;
    }
}
