using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class ReversedSeedsTests
{
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

    [Fact]
    public void Answer_OfBaseTransfers_GivesTheChosenKeyOfEveryPairTheOtherWay()
    {
        var (seeds, pairs) = Seeds();
        var (session, choices) = (Random.Bytes(32), TransferPair.Blocks(1)[0]);
        var (reversed, message) = ReversedSeeds.Ask(pairs, session, choices, Random);
        Assert.Equal(ReversedSeeds.MessageBytes, message.Length);
        var (name, zero, one) = ReversedSeeds.Answer(seeds, session, message).Take();
        var (_, taken, keys) = reversed.Take();
        Assert.Equal(session, name);
        Assert.Equal(choices, taken);
        for (var i = 0; i < 128; i++) Assert.Equal(((choices >> i) & 1) == 1 ? one[i] : zero[i], keys[i]);
        Assert.Equal(256, zero.Concat(one).Distinct().Count());
        // The first direction's are still there, and are others.
        Assert.Empty(keys.Intersect(seeds.Take().Keys));
        Assert.Empty(zero.Intersect(pairs.Take().Zero));
    }

    [Fact]
    public void Answer_MessageOfAnotherSessionOrOneBitOff_IsRefused()
    {
        var (seeds, pairs) = Seeds();
        var session = Random.Bytes(32);
        var (_, message) = ReversedSeeds.Ask(pairs, session, 5, Random);
        Assert.Throws<CryptographicException>(() => ReversedSeeds.Answer(seeds, Random.Bytes(32), message));
        Assert.Throws<CryptographicException>(() => ReversedSeeds.Answer(seeds, session, message.AsSpan(1)));
        // Other bits in other columns: choices that disagree. Columns whose bit of the offset is 0 are not looked at, hence many.
        var changed = message.ToArray();
        for (var column = 0; column < 128; column++) changed[32 + (16 * column) + (column % 16)] ^= 1;
        Assert.Throws<CryptographicException>(() => ReversedSeeds.Answer(seeds, session, changed));
        Assert.Throws<ArgumentException>(() => ReversedSeeds.Ask(pairs, new byte[31], 5, Random));
    }

    private static (BaseSeeds Seeds, BaseSeedPairs Pairs) Seeds()
    {
        var (zero, one) = (TransferPair.Blocks(128), TransferPair.Blocks(128));
        var (session, choices) = (Random.Bytes(32), TransferPair.Blocks(1)[0]);
        var keys = Enumerable.Range(0, 128).Select(i => ((choices >> i) & 1) == 1 ? one[i] : zero[i]).ToArray();
        return (new BaseSeeds(session, choices, keys), new BaseSeedPairs(session, zero, one));
    }
}
