using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class BaseTransferTests
{
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;
    private static readonly BigInteger Order = ModpGroup.Prime >> 1;

    [Fact]
    public void Group_Prime_IsThatOfTheFormulaOfRfc3526()
    {
        Assert.Equal((BigInteger.One << 3072) - (BigInteger.One << 3008) - 1 + ((Pi(2942) + 1_690_314) << 64), ModpGroup.Prime);
        // Fermat's test to two bases each; the generator has order q.
        Assert.All((BigInteger[])[3, 5], b => Assert.Equal(BigInteger.One, BigInteger.ModPow(b, ModpGroup.Prime - 1, ModpGroup.Prime)));
        Assert.All((BigInteger[])[3, 5], b => Assert.Equal(BigInteger.One, BigInteger.ModPow(b, Order - 1, Order)));
        Assert.Equal(BigInteger.One, BigInteger.ModPow(2, Order, ModpGroup.Prime));
    }

    [Fact]
    public void Answer_RandomChoices_GivesTheChosenKeyOfEveryPair()
    {
        var (session, choices) = (Random.Bytes(32), TransferPair.Blocks(1)[0]);
        using var sender = BaseTransferSender.Create(session, Random);
        var (seeds, reply) = BaseTransferReceiver.Answer(session, sender.Message.Span, choices, Random);
        var (_, zero, one) = sender.Finish(reply).Take();
        var (_, taken, keys) = seeds.Take();
        Assert.Equal(choices, taken);
        for (var i = 0; i < 128; i++)
        {
            Assert.Equal(((choices >> i) & 1) == 1 ? one[i] : zero[i], keys[i]);
            Assert.NotEqual(zero[i], one[i]);
        }
        Assert.Equal(256, zero.Concat(one).Distinct().Count());
        Assert.Equal((416, 49_184), (sender.Message.Length, reply.Length));
        Assert.Throws<InvalidOperationException>(() => sender.Finish(reply));
        Assert.Throws<InvalidOperationException>(() => seeds.Take());
    }

    [Fact]
    public void Finish_ReplyMadeInAnotherSession_AgreesOnNoKey()
    {
        var session = Random.Bytes(32);
        using var sender = BaseTransferSender.Create(session, Random);
        using var other = BaseTransferSender.Create(Random.Bytes(32), Random);
        Assert.Throws<CryptographicException>(() => BaseTransferReceiver.Answer(session, other.Message.Span, 0, Random));
        // The same elements under the other session's name: keys are bound to it all the same.
        var foreign = Random.Bytes(32);
        var offer = Named(sender.Message.ToArray(), foreign);
        var (seeds, reply) = BaseTransferReceiver.Answer(foreign, offer, 0, Random);
        Assert.Throws<CryptographicException>(() => sender.Finish(reply));
        reply = Named(reply, session);
        var (_, zero, one) = sender.Finish(reply).Take();
        Assert.Empty(seeds.Take().Keys.Intersect(zero.Concat(one)));
    }

    /// <summary>Twins: powers of two bases modulo p against the framework's, on every engine.</summary>
    [Theory]
    [InlineData((int)EngineKind.Avx512)]
    [InlineData((int)EngineKind.Avx2)]
    [InlineData((int)EngineKind.Portable)]
    public void TwinEngine_FixedBase_AgreesWithBigInteger(int kindNumber)
    {
        var kind = (EngineKind)kindNumber;
        if (!ModularEngines.IsSupported(kind)) return;
        using var engine = new TwinEngine(ModpGroup.CreateEngine(kind));
        var (lanes, words) = (engine.Lanes, ModpGroup.Words);
        var (bases, numbers) = (new ulong[engine.PairLength], new ulong[words * lanes]);
        var other = new BigInteger(Random.Bytes(380), isUnsigned: true);
        for (var lane = 0; lane < lanes; lane++) numbers[lane * words] = 2;
        engine.LoadSingles(numbers, words, bases);
        for (var lane = 0; lane < lanes; lane++) LittleWords.FromBigInteger(other, numbers.AsSpan(lane * words, words));
        engine.LoadSingles(numbers, words, bases.AsSpan(engine.SingleLength));
        const int Bits = 200;
        var exponents = new ulong[4 * lanes];
        for (var lane = 0; lane < lanes; lane++) LittleWords.FromBigInteger(new BigInteger(Random.Bytes(Bits / 8), isUnsigned: true), exponents.AsSpan(4 * lane, 4));
        using var tables = new FixedBase(engine, bases, Bits, 5, 5, hardened: true);
        var powers = new ulong[engine.PairLength];
        tables.Raise(exponents, 4, powers);
        foreach (var (half, number) in new[] { (0, (BigInteger)2), (1, other) })
        {
            engine.StoreSingles(powers.AsSpan(half * engine.SingleLength, engine.SingleLength), numbers);
            for (var lane = 0; lane < lanes; lane++)
                Assert.Equal(BigInteger.ModPow(number, LittleWords.ToBigInteger(exponents.AsSpan(4 * lane, 4)), ModpGroup.Prime), LittleWords.ToBigInteger(numbers.AsSpan(lane * words, words)));
        }
    }

    public static TheoryData<string> WrongNumbers => ["0", "1", "p-1", "p", "p+4", "max"];

    [Theory]
    [MemberData(nameof(WrongNumbers))]
    [InlineData("non-square")]
    public void Answer_OfferOutsideTheGroup_IsRefused(string kind)
    {
        var session = Random.Bytes(32);
        using var sender = BaseTransferSender.Create(session, Random);
        var offer = sender.Message.ToArray();
        Write(kind, offer.AsSpan(32));
        var refusal = Assert.Throws<CryptographicException>(() => BaseTransferReceiver.Answer(session, offer, 0, Random));
        Assert.StartsWith("The base transfers' offer is", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongNumbers))]
    public void Finish_ReplyThatIsNoNumberModuloP_IsRefusedByItsIndex(string kind)
    {
        var session = Random.Bytes(32);
        using var sender = BaseTransferSender.Create(session, Random);
        var reply = Replies(session, 77, kind);
        var refusal = Assert.Throws<CryptographicException>(() => sender.Finish(reply));
        Assert.StartsWith("Element 77 of the base transfers' reply is", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>-4 is no square. Its a-th power would tell whether a is even, were it not always: it is the power of 4, which is A squared.</summary>
    [Fact]
    public void Finish_ReplyThatIsNoSquare_TellsNoMoreThanTheSquare()
    {
        for (var i = 0; i < 6; i++)
        {
            var session = Random.Bytes(32);
            using var sender = BaseTransferSender.Create(session, Random);
            var offer = sender.Message.Span[32..].ToArray();
            var number = new BigInteger(offer, isUnsigned: true);
            var reply = Replies(session, 77, "non-square");
            var (_, zero, one) = sender.Finish(reply).Take();
            UInt128 Key(int index, BigInteger shared)
            {
                var bytes = new byte[384];
                Put(shared % ModpGroup.Prime, bytes);
                return TransferHash.BaseKey(session, index, offer, reply.AsSpan(32 + (index * 384), 384), bytes);
            }
            foreach (var index in (int[])[77, 78]) Assert.Equal(Key(index, number * number), zero[index]);
            Assert.NotEqual(zero[77], one[77]);
        }
    }

    [Fact]
    public void Messages_WrongLengthVersionOrKind_AreRefused()
    {
        var session = Random.Bytes(32);
        using var sender = BaseTransferSender.Create(session, Random);
        var offer = sender.Message.ToArray();
        void Refused(byte[] message, string part) =>
            Assert.Contains(part, Assert.Throws<CryptographicException>(() => BaseTransferReceiver.Answer(session, message, 0, Random)).Message, StringComparison.Ordinal);
        Refused([], "too short");
        Refused(offer[..^1], "415 bytes");
        Refused([.. offer, 0], "417 bytes");
        Refused(With(offer, 0, 2), "version 2");
        Refused(With(offer, 1, 2), "BaseOffer");
        Refused(With(offer, 8, 1), "batch 1");
        Assert.Throws<ArgumentException>(() => BaseTransferSender.Create(new byte[31], Random));
        Assert.Throws<ArgumentException>(() => BaseTransferReceiver.Answer(new byte[33], offer, 0, Random));
    }

    private static byte[] Named(byte[] message, byte[] session)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(message.AsSpan(16), TransferHash.SessionTag(session));
        return message;
    }

    private static byte[] With(byte[] message, int index, byte value)
    {
        var copy = message.ToArray();
        copy[index] = value;
        return copy;
    }

    /// <summary>A reply of squares, but for one element.</summary>
    private static byte[] Replies(byte[] session, int wrong, string kind)
    {
        var reply = TransferMessage.Create(TransferMessageKind.BaseReply, TransferHash.SessionTag(session), 128, 0, 128 * 384);
        for (var i = 0; i < 128; i++)
        {
            var element = reply.AsSpan(32 + (i * 384), 384);
            if (i == wrong) Write(kind, element);
            else Put(4, element);
        }
        return reply;
    }

    private static void Write(string kind, Span<byte> element) => Put(
        kind switch
        {
            "0" => 0,
            "1" => 1,
            "p-1" => ModpGroup.Prime - 1,
            "p" => ModpGroup.Prime,
            "p+4" => ModpGroup.Prime + 4,
            "max" => (BigInteger.One << 3072) - 1,
            // p is 3 modulo 4, so that -1 is no square and neither is -4.
            _ => ModpGroup.Prime - 4,
        },
        element);

    private static void Put(BigInteger value, Span<byte> element)
    {
        element.Clear();
        value.TryWriteBytes(element, out _, isUnsigned: true);
    }

    /// <summary>[2^bits pi], by Machin's formula with guard bits.</summary>
    private static BigInteger Pi(int bits)
    {
        const int Guard = 64;
        var unity = BigInteger.One << (bits + Guard);
        BigInteger ArcTangent(int x)
        {
            var (sum, power) = (BigInteger.Zero, unity / x);
            for (var n = 1; !power.IsZero; n += 2, power /= x * x) sum += n % 4 == 1 ? power / n : -(power / n);
            return sum;
        }
        return 4 * ((4 * ArcTangent(5)) - ArcTangent(239)) >> Guard;
    }
}
