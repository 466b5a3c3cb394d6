using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Coterie.Conformance.Attacks.Recording;

/// <summary>
/// Numbers to look for, in every form in which one could stand in a message: eight bytes of a double, either way round; fixed point at every precision that is used, either way round; and the first
/// eight characters of its digits. Numbers with few digits of their own are left out: they stand everywhere.
/// </summary>
internal sealed class Needles
{
    /// <summary>Bytes that are neither 0 nor 255 a needle has at least. Words with fewer stand in what is filled up to eight bytes with zeros.</summary>
    private const int LeastBytes = 3;

    private static readonly int[] Precisions = [20, 24, 30, 32, 40, 48];

    private readonly HashSet<ulong> _words = [];
    private readonly bool[] _beginnings = new bool[1 << 16];

    /// <summary>How many there are.</summary>
    public int Count => _words.Count;

    /// <summary>Adds numbers.</summary>
    public Needles Add(IEnumerable<double> numbers)
    {
        foreach (var number in numbers.Where(n => double.IsFinite(n) && n != Math.Round(n, 3)))
        {
            AddBothWays(BitConverter.DoubleToUInt64Bits(number));
            foreach (var bits in Precisions)
                if (Math.Abs(Math.ScaleB(number, bits)) < 1L << 62) AddRing([unchecked((ulong)(long)Math.Round(Math.ScaleB(number, bits)))]);
            var text = Encoding.ASCII.GetBytes(Math.Abs(number).ToString("R", CultureInfo.InvariantCulture));
            if (text.Length >= 8) AddWord(BitConverter.ToUInt64(text));
        }
        return this;
    }

    /// <summary>Adds elements of the ring.</summary>
    public Needles AddRing(IEnumerable<ulong> elements)
    {
        foreach (var element in elements) AddBothWays(element);
        return this;
    }

    /// <summary>How many different ones stand in these bytes, wherever they begin.</summary>
    /// <param name="payloads">The bytes.</param>
    /// <param name="leastBytes">Bytes that are neither 0 nor 255, of those to look for: 3 is all.</param>
    public int FoundIn(IEnumerable<ReadOnlyMemory<byte>> payloads, int leastBytes = LeastBytes)
    {
        var found = new HashSet<ulong>();
        foreach (var payload in payloads)
        {
            var bytes = payload.Span;
            for (var i = 0; i + sizeof(ulong) <= bytes.Length; i++)
            {
                if (!_beginnings[MemoryMarshal.Read<ushort>(bytes[i..])]) continue;
                var word = MemoryMarshal.Read<ulong>(bytes[i..]);
                if (_words.Contains(word) && WeightOf(word) >= leastBytes) found.Add(word);
            }
        }
        return found.Count;
    }

    private static int WeightOf(ulong word)
    {
        var weight = 0;
        for (; word > 0; word >>= 8)
            if ((word & 0xff) is not (0 or 0xff)) weight++;
        return weight;
    }

    private void AddBothWays(ulong word)
    {
        AddWord(word);
        AddWord(BinaryPrimitives.ReverseEndianness(word));
    }

    private void AddWord(ulong word)
    {
        if (WeightOf(word) < LeastBytes) return;
        _words.Add(word);
        _beginnings[word & ushort.MaxValue] = true;
    }
}
