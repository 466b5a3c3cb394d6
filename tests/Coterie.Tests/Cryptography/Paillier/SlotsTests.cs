using System.Numerics;
using Coterie.Cryptography.Paillier;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

public sealed class SlotsTests
{
    private const int Words3 = 192;

    [Fact]
    public void Put_AtEveryOffset_IsTheShiftedNumber()
    {
        var value = (BigInteger.One << 127) + (BigInteger.One << 64) + ulong.MaxValue;
        for (var offset = 0; offset < Words3; offset++)
        {
            var words = new ulong[3];
            Slots.Put(words, offset, Words(value, 2));
            Assert.Equal((value << offset) % (BigInteger.One << Words3), Integer(words));
        }
    }

    [Fact]
    public void Put_BesideWhatIsThere_KeepsIt()
    {
        ulong[] words = [5, 0, 1UL << 63];
        Slots.Put(words, 60, [0xFF]);
        Assert.Equal([5 | (0xFUL << 60), 0xF, 1UL << 63], words);
    }

    [Fact]
    public void Read_AtEveryOffset_IsTheNumbersBits()
    {
        var x = Random(BigInteger.One << Words3);
        var words = Words(x, 3);
        for (var offset = 0; offset < Words3 + 70; offset++)
        {
            Assert.Equal((ulong)((x >> offset) & ulong.MaxValue), Slots.Read(words, offset));
            foreach (var bits in new[] { 1, 63, 64, 65, 126, 127, 128 }) Assert.Equal((UInt128)((x >> offset) & ((BigInteger.One << bits) - 1)), Slots.Read(words, offset, bits));
        }
    }

    [Fact]
    public void IsZeroFrom_EveryOffset_SeesTheOneBitThereOrAbove()
    {
        for (var bit = 0; bit < Words3; bit++)
        {
            var words = Words(BigInteger.One << bit, 3);
            for (var offset = 0; offset <= Words3; offset++) Assert.Equal(bit < offset, Slots.IsZeroFrom(words, offset));
        }
        // Words that are the same do not make up for one another.
        Assert.False(Slots.IsZeroFrom([0, 6, 6, 0], 0));
        Assert.False(Slots.IsZeroFrom([1, 6, 6, 0], 64));
    }
}
