using System.Text;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Privacy.Traffic;

/// <summary>Lengths of the parts of messages, as the wire writer writes them.</summary>
internal static class MessageSizes
{
    /// <summary>A count or length.</summary>
    public const int Count = sizeof(int);

    /// <summary>Bytes with their length before them.</summary>
    public static int Bytes(int length) => Count + length;

    /// <summary>Text with its length before it.</summary>
    public static int Text(string text) => Bytes(Encoding.UTF8.GetByteCount(text));

    /// <summary>So many doubles or ring elements with their count before them.</summary>
    public static long Vector(long entries) => Count + (entries * sizeof(ulong));

    /// <summary>A subset of a roster's participants: a bit each.</summary>
    public static int Set(int participants) => Bytes((participants + 7) / 8);

    /// <summary>Blocks as broadcast: count, then name, shape and entries of each.</summary>
    public static long Blocks(Blocks<Matrix> blocks)
    {
        long total = Count;
        for (var i = 0; i < blocks.Count; i++) total += Text(blocks.Names[i]) + (2 * Count) + Vector(blocks.Values[i].Values.Length);
        return total;
    }
}
