using System.Numerics;
using System.Runtime.InteropServices;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Tests.Cryptography.SecureAggregation;

public sealed class ResidueMaskTests
{
    private const int Words = 8;
    private static readonly PaillierSecretKey Key = InsecurePaillierKeys.Generate(64 * Words);
    private static readonly byte[] MaskKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    // Number i is words 10 i to 10 i + 9 of the keystream, modulo n.
    [Fact]
    public void Apply_ToZeros_IsTheKeystreamModuloN()
    {
        const int count = 19;
        var stream = new ulong[count * (Words + 2)];
        MaskGenerator.AddMask(MaskKey, stream);
        var masked = Masked(count, 0, subtract: false);
        for (var i = 0; i < count; i++) Assert.Equal(Number(stream.AsSpan(i * (Words + 2), Words + 2)) % Modulus, Number(masked[i]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(13)]
    public void Apply_FromAnyPlace_IsThatPartOfTheMask(int first)
    {
        var whole = Masked(20, 0, subtract: false);
        Assert.Equal(whole.Words[(first * Words)..].ToArray(), Masked(20 - first, first, subtract: false).Words.ToArray());
    }

    [Fact]
    public void Apply_Subtracted_IsTheNegativeModuloN()
    {
        var (added, subtracted) = (Masked(9, 3, subtract: false), Masked(9, 3, subtract: true));
        for (var i = 0; i < 9; i++) Assert.Equal(Modulus, Number(added[i]) + Number(subtracted[i]));
    }

    [Fact]
    public void Apply_AddedThenSubtracted_LeavesWhatWasThere()
    {
        var target = Masked(11, 100, subtract: false);
        var before = target.Words.ToArray();
        ResidueMask.Apply(Key.PublicKey, MaskKey, 0, subtract: false, target);
        Assert.NotEqual(before, target.Words.ToArray());
        ResidueMask.Apply(Key.PublicKey, MaskKey, 0, subtract: true, target);
        Assert.Equal(before, target.Words.ToArray());
    }

    [Fact]
    public void ForRecipient_AnotherRecipientKeyOrLength_IsAnotherKey()
    {
        byte[] first = new byte[32], second = [.. Enumerable.Repeat((byte)1, 32)];
        string Derive(byte[] mask, string name, byte[] id, int entries) => Convert.ToHexString(AggregationKeys.ForRecipient(mask, new PartyId(name), id, entries));
        string[] keys = [Derive(MaskKey, "a", first, 4), Derive(MaskKey, "b", first, 4), Derive(MaskKey, "a", second, 4), Derive(MaskKey, "a", first, 5), Derive(second, "a", first, 4)];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], Derive(MaskKey, "a", first, 4));
    }

    [Fact]
    public void Apply_NumberNotBelowN_IsRefused()
    {
        var target = new Plaintexts(1, Words);
        target.Words.Fill(ulong.MaxValue);
        Assert.Throws<ArgumentException>(() => ResidueMask.Apply(Key.PublicKey, MaskKey, 0, subtract: false, target));
    }

    private static BigInteger Modulus => Number(Key.PublicKey.Modulus);

    private static Plaintexts Masked(int count, int first, bool subtract)
    {
        var target = new Plaintexts(count, Words);
        ResidueMask.Apply(Key.PublicKey, MaskKey, first, subtract, target);
        return target;
    }

    private static BigInteger Number(ReadOnlySpan<ulong> words) => new(MemoryMarshal.AsBytes(words), isUnsigned: true);
}
