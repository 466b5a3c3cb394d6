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

    public static byte[] Select(Circuit circuit, int instances, ReadOnlySpan<byte> colours, int first, int count)
    {
        RequireRange(circuit, first, count);
        var width = circuit.Outputs.Length;
        if (count == width) return colours.ToArray();
        var selected = new byte[PackedBits.Bytes((long)instances * count)];
        for (long i = 0; i < instances; i++)
            for (var w = 0; w < count; w++)
                if (PackedBits.Get(colours, (i * width) + first + w)) PackedBits.Set(selected, (i * count) + w, true);
        return selected;
    }
}
