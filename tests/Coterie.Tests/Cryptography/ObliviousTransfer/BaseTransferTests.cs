using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Curves;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Tests.Cryptography.Curves;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

public sealed class BaseTransferTests
{
    private const int Length = P256Points.PointBytes;
    private static readonly CryptographicRandom Random = CryptographicRandom.Instance;

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
        Assert.Equal((96, 8_224), (sender.Message.Length, reply.Length));
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

    [Theory]
    [MemberData(nameof(P256PointsTests.Wrong), MemberType = typeof(P256PointsTests))]
    public void Answer_OfferThatIsNoPoint_IsRefused(string kind)
    {
        var session = Random.Bytes(32);
        using var sender = BaseTransferSender.Create(session, Random);
        var offer = sender.Message.ToArray();
        P256PointsTests.NoPoint(kind).CopyTo(offer.AsSpan(32));
        var refusal = Assert.Throws<CryptographicException>(() => BaseTransferReceiver.Answer(session, offer, 0, Random));
        Assert.Equal("The base transfers' offer is no point of the curve P-256.", refusal.Message);
    }

    [Theory]
    [MemberData(nameof(P256PointsTests.Wrong), MemberType = typeof(P256PointsTests))]
    public void Finish_ReplyThatIsNoPoint_IsRefusedByItsIndex(string kind)
    {
        var session = Random.Bytes(32);
        using var sender = BaseTransferSender.Create(session, Random);
        var (_, reply) = BaseTransferReceiver.Answer(session, sender.Message.Span, 0, Random);
        P256PointsTests.NoPoint(kind).CopyTo(reply.AsSpan(32 + (77 * Length)));
        var refusal = Assert.Throws<CryptographicException>(() => sender.Finish(reply));
        Assert.Equal("Element 77 of the base transfers' reply is no point of the curve P-256.", refusal.Message);
    }

    /// <summary>The protocol's own equations, by the framework's Diffie-Hellman: with b known, B is b G or A + b G, and keys hash b A.</summary>
    [Fact]
    public void Answer_KnownScalars_FollowsTheEquations()
    {
        var (session, seed, choices) = (Random.Bytes(32), Random.Bytes(32), TransferPair.Blocks(1)[0]);
        using var sender = BaseTransferSender.Create(session, Random);
        var offer = sender.Message.Span[32..].ToArray();
        var (seeds, reply) = BaseTransferReceiver.Answer(session, sender.Message.Span, choices, CryptographicRandom.Expanding(seed));
        var (_, _, keys) = seeds.Take();
        var (random, words) = (CryptographicRandom.Expanding(seed), new ulong[4]);
        for (var i = 0; i < 128; i++)
        {
            P256Scalar.Draw(random, words);
            var b = CurvePoints.ToInteger(words);
            var sent = reply.AsSpan(32 + (i * Length), Length).ToArray();
            Assert.Equal(((choices >> i) & 1) == 0, sent.AsSpan().SequenceEqual(CurvePoints.Multiple(b)));
            P256Points.Add(P256Points.LoadOne(CurvePoints.Multiple(b)), P256Points.LoadOne(offer), out var sum);
            if (((choices >> i) & 1) == 1) Assert.Equal(CurvePoints.Store(in sum)[..Length], sent);
            var shared = CurvePoints.Store(P256Multiples.Of(P256Points.LoadOne(offer), words))[..Length];
            Assert.Equal(CurvePoints.SharedX(b, offer), shared[..32]);
            Assert.Equal(TransferHash.BaseKey(session, i, offer, sent, shared), keys[i]);
        }
    }

    /// <summary>B = A makes a (B - A) the point at infinity, whose key anybody knows; the other key of that transfer, and those of others, stay unknown.</summary>
    [Fact]
    public void Finish_ReplyThatIsTheOffer_ShowsOneKeyOfThatTransferOnly()
    {
        var session = Random.Bytes(32);
        using var sender = BaseTransferSender.Create(session, Random);
        var (seeds, reply) = BaseTransferReceiver.Answer(session, sender.Message.Span, 0, Random);
        var offer = sender.Message.Span[32..].ToArray();
        offer.CopyTo(reply.AsSpan(32 + (3 * Length)));
        var (_, zero, one) = sender.Finish(reply).Take();
        Assert.Equal(TransferHash.BaseKey(session, 3, offer, offer, new byte[Length]), one[3]);
        Assert.NotEqual(zero[3], one[3]);
        var (_, _, keys) = seeds.Take();
        for (var i = 0; i < 128; i++)
            if (i != 3) Assert.Equal((keys[i], false), (zero[i], one[i] == TransferHash.BaseKey(session, i, offer, reply.AsSpan(32 + (i * Length), Length), new byte[Length])));
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
        Refused(offer[..^1], "95 bytes");
        Refused([.. offer, 0], "97 bytes");
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
}
