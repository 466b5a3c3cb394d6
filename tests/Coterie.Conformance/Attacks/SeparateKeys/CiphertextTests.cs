using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Transports;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SeparateKeys;

namespace Coterie.Conformance.Attacks.SeparateKeys;

/// <summary>What is sent in place of ciphertexts: by a participant to the coordinator, and by the coordinator to a participant.</summary>
public sealed class CiphertextTests
{
    private static readonly PaillierKeySize Size = new(Runs.InsecureKeyBits, IsInsecure: true);
    private static readonly PartyId Cheat = new("p001");

    [Theory]
    [InlineData("zero")]
    [InlineData("above")]       // not below n^2
    [InlineData("no unit")]     // a multiple of the recipient's n
    public async Task Sum_WhatIsNoCiphertext_NamesTheSender(string fault)
    {
        byte[]? keys = null;
        var bench = new SumBench(4)
        {
            Intercept = e =>
            {
                if (e.IsAt("all-keys")) keys = e.Payload.ToArray();
                return e.From == Cheat && e.IsAt("masked") ? With(e, fault, keys!) : e;
            },
        };
        var run = await bench.RunAsync(_ => new SeparateKeysSum(Size));
        Assert.Equal(Cheat.Name, Tampering.Blamed(run.Error));
        Assert.Equal(ProtocolErrorCode.MalformedMessage, ((ProtocolException)run.Error!).Code);
    }

    // The parts for two recipients exchanged: under a foreign key, but below n^2 they are numbers like others. Where they are not, the sender is named; otherwise
    // the masks do not come off, and everybody whose sum it is in sees a number out of range, without being able to tell whose.
    [Fact]
    public async Task Sum_CiphertextsUnderAnothersKey_AreNoticed()
    {
        var bench = new SumBench(4) { Intercept = e => e.From == Cheat && e.IsAt("masked") ? Exchanged(e) : e };
        var run = await bench.RunAsync(_ => new SeparateKeysSum(Size));
        if (run.Error is not null)
        {
            Assert.Equal(Cheat.Name, Tampering.Blamed(run.Error));
            return;
        }
        // A check in every ciphertext: also in short vectors nothing passes by chance.
        foreach (var reader in new[] { "p000", "p001" })
            Assert.Equal(ProtocolErrorCode.Inconsistent, Assert.IsType<ProtocolException>(run.Participants[new PartyId(reader)].Error).Code);
        Assert.Null(run.Participants[new PartyId("p003")].Error);
    }

    [Theory]
    [InlineData("added")]
    [InlineData("total")]
    public async Task Sum_TheCoordinatorReturnsSomethingElseToOne_ItNamesTheCoordinator(string step)
    {
        var bench = new SumBench(4) { Intercept = e => e.To == Cheat && e.IsAt(step) ? e.Flipped(step == "added" ? 50 : 30) : e };
        var run = await bench.RunAsync(_ => new SeparateKeysSum(Size));
        Assert.Equal("coordinator", Tampering.Blamed(run.Participants[Cheat].Error));
        Assert.Null(run.Participants[new PartyId("p003")].Error);
    }

    /// <summary>
    /// Anybody can encrypt under public keys: the coordinator returns to all of them a total of its own making, with the digests that belong to it. Only the checks tell
    /// it from a sum.
    /// </summary>
    [Fact]
    public async Task Sum_TheCoordinatorReturnsATotalOfItsOwnToAll_IsRefusedByAll()
    {
        var made = new ConcurrentDictionary<PartyId, byte[]>();
        SumBench? bench = null;
        bench = new SumBench(4)
        {
            Intercept = e =>
            {
                if (e.IsAt("all-keys"))
                    foreach (var name in bench!.Names) made.GetOrAdd(name, n => Made(e.Payload, bench.Names.IndexOf(n)));
                if (e.IsAt("total")) return e with { Payload = made[e.To] };
                return e.IsAt("added") ? e with { Payload = (byte[])[.. e.Payload.Span[..5], .. bench!.Names.SelectMany(n => (byte[])[32, 0, 0, 0, .. SHA256.HashData(made[n])])] } : e;
            },
        };
        var run = await bench.RunAsync(_ => new SeparateKeysSum(Size));
        Assert.All(run.Participants.Values, p => Assert.Equal(ProtocolErrorCode.Inconsistent, Assert.IsType<ProtocolException>(p.Error).Code));
        Assert.All(run.Participants.Values, p => Assert.Contains("checks", p.Error!.Message, StringComparison.Ordinal));
    }

    /// <summary>Four contributions' worth of small numbers under a participant's key, as a vector.</summary>
    private static byte[] Made(ReadOnlyMemory<byte> keys, int participant)
    {
        var length = KeyExchange.MessageBytes(Size);
        using var key = InsecurePaillierKeys.Import(keys.Span.Slice(sizeof(int) + 1 + (participant * (length + sizeof(int))) + (2 * sizeof(int)), Size.PublicKeyBytes));
        var packing = CiphertextLayout.PackingFor(4);
        var sum = key.Encrypt(packing.Pack(key, [1L << 40, 2, 3, 4, 5]), CryptographicRandom.Instance);
        for (var i = 1; i < 4; i++) sum = key.AddPlain(sum, packing.Pack(key, [0L, 0, 0, 0, 0]));
        var words = new ulong[key.CiphertextBytes / sizeof(ulong)];
        CiphertextLayout.Write(sum, words);
        return [.. BitConverter.GetBytes(words.Length), .. words.SelectMany(BitConverter.GetBytes)];
    }

    private static Envelope With(Envelope e, string fault, byte[] keys)
    {
        var bytes = e.Payload.ToArray();
        var first = bytes.AsSpan(sizeof(int), 2 * Size.Bits / 8);
        first.Fill((byte)(fault == "above" ? 0xFF : 0));
        // The first recipient's modulus: after the set, two lengths and the key's header.
        if (fault == "no unit") (3 * new BigInteger(keys.AsSpan(sizeof(int) + 1 + (2 * sizeof(int)) + 8, Size.Bits / 8), isUnsigned: true)).TryWriteBytes(first, out _, isUnsigned: true);
        return e with { Payload = bytes };
    }

    private static Envelope Exchanged(Envelope e)
    {
        var bytes = e.Payload.ToArray();
        var length = (bytes.Length - sizeof(int)) / 4;
        bytes.AsSpan(sizeof(int), length).ToArray().CopyTo(bytes, sizeof(int) + length);
        e.Payload.Slice(sizeof(int) + length, length).CopyTo(bytes.AsMemory(sizeof(int)));
        return e with { Payload = bytes };
    }
}
