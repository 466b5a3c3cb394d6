using System.Collections.Concurrent;
using Coterie.Conformance.Attacks.SharedKey;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Sums;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Transports;
using Coterie.Privacy;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SeparateKeys;

namespace Coterie.Conformance.Attacks.SeparateKeys;

/// <summary>Participants' keys: who may announce what, who is named when they are exchanged for others, and where and how long they lie.</summary>
public sealed class KeyTests
{
    private const string Secret = "test/own-keys/secret", Exchanged = "test/own-keys/exchanged";
    private static readonly PaillierKeySize Size = new(Runs.InsecureKeyBits, IsInsecure: true);
    private static readonly PartyId Victim = new("p002"), Accomplice = new("p003");

    [Theory]
    [InlineData(40)]      // in p000's Paillier key
    [InlineData(-1)]      // in the last signature
    [InlineData(-100)]    // in the last public key of a pair
    public async Task Exchange_AKeyIsAlteredOnItsWay_TheCoordinatorIsNamed(int position)
    {
        var bench = new HiddenBench(5) { Sum = Sum, Intercept = e => e.To == Victim && e.IsAt("all-keys") ? e.Flipped(position) : e };
        var results = await bench.RunAsync(bench.HonestAsync);
        Assert.Equal("coordinator", Tampering.Blamed(results[Victim].Error));
    }

    /// <summary>The accomplice signs a second key, and the coordinator shows that one to the victim: signatures hold, and the chain of broadcasts does not.</summary>
    [Fact]
    public async Task Exchange_OneIsShownAnotherKey_EverybodyNamesTheCoordinatorBeforeAnythingIsEncrypted()
    {
        var steps = new ConcurrentQueue<string>();
        HiddenBench? bench = null;
        bench = new HiddenBench(5)
        {
            Sum = Sum,
            Intercept = e =>
            {
                steps.Enqueue(Tampering.Last(e.Step));
                return e.To == Victim && e.IsAt("all-keys") ? WithSecondKey(bench!, e) : e;
            },
        };
        var rogue = new RogueHiddenCoordinator { Sum = Sum };
        var results = await bench.RunAsync(rogue.RunAsync);
        Assert.All(results.Values, r => Assert.Equal("coordinator", Tampering.Blamed(r.Error)));
        Assert.Equal(0, rogue.Summed);
        Assert.Contains("standing", steps);
        Assert.DoesNotContain("masked", steps);
    }

    [Fact]
    public async Task Rogue_WithItsHooksAlone_LeavesAllWithOneModel()
    {
        var bench = new HiddenBench(5) { Sum = Sum };
        var results = await bench.RunAsync(new RogueHiddenCoordinator { Sum = Sum }.RunAsync);
        Assert.All(results.Values, r => Assert.Null(r.Error));
        Assert.Single(results.Values.Select(r => Convert.ToHexString(r.Model!)).Distinct());
    }

    // What signs for itself and is no valid key: the modulus even, the proof of another key, a key of another length.
    [Theory]
    [InlineData("even")]
    [InlineData("proof")]
    [InlineData("length")]
    public async Task Exchange_AParticipantAnnouncesAKeyThatIsNone_IsNamed(string fault)
    {
        SumBench? bench = null;
        bench = new SumBench(4) { Intercept = e => e.From == Victim && e.IsAt("own-key") ? Announced(bench!.Roster, bench.IdentityOf(Victim), e, Faulty(e, fault)) : e };
        var run = await bench.RunAsync(_ => Sum());
        Assert.Equal(Victim.Name, Tampering.Blamed(run.Error));
    }

    // Each differs from all others by its tags alone; it, or the coordinator that may have given it another sum, is to blame.
    [Fact]
    public async Task Train_OneComputesAnotherModel_ItAndTheCoordinatorAreNamedByAll()
    {
        var bench = new HiddenBench(5) { Sum = Sum, Learner = name => name == Victim ? new Coterie.Learning.RidgeDescent(Alpha: 3) : new Coterie.Learning.RidgeDescent() };
        var results = await bench.RunAsync(bench.HonestAsync);
        Assert.All(results.Values, r => Assert.Equal($"{Victim} coordinator", Tampering.Blamed(r.Error)));
    }

    [Fact]
    public async Task Sum_ThenTheProcessesStartAgain_GoOnWithTheKeysOnTheirDisks()
    {
        var steps = new ConcurrentQueue<string>();
        var bench = new SumBench(4)
        {
            Intercept = e =>
            {
                steps.Enqueue(Tampering.Last(e.Step));
                return e;
            },
        };
        Assert.Null((await bench.RunAsync(_ => Sum(), "0")).Error);
        var before = await SecretsAsync(bench);
        Assert.Equal(4, before.Distinct().Count());
        Assert.Null(await bench.Stores[SumBench.Coordinator].LoadAsync(Secret, CancellationToken.None));
        var run = await bench.RunAsync(_ => Sum(), "1");
        Assert.Null(run.Error);
        Assert.Equal(bench.PlainSum(bench.Names)[0, 0], run.Participants[bench.Names[0]].Outcome!.Total!["values"][0, 0], 1e-12);
        Assert.Equal(before, await SecretsAsync(bench));
        Assert.Equal(4, steps.Count(s => s == "own-key"));
    }

    // A participant whose process ends after it has announced its key, and before it has heard: it announces the same again.
    [Fact]
    public async Task Exchange_BegunAgain_AnnouncesTheSameKey()
    {
        var announced = new ConcurrentBag<string>();
        var isFirst = true;
        var bench = new SumBench(4)
        {
            Intercept = e =>
            {
                if (e.From == Victim && e.IsAt("own-key")) announced.Add(Convert.ToHexString(e.Payload.Span[..^Signatures.Length]));
                if (isFirst && e.IsAt("all-keys")) throw new PartyGoneException();
                return e;
            },
        };
        await bench.RunAsync(_ => Sum());
        isFirst = false;
        bench.Stores[SumBench.Coordinator] = new Federation.RunStore.MemoryStore();
        Assert.Null((await bench.RunAsync(_ => Sum())).Error);
        Assert.Equal(2, announced.Count);
        Assert.Single(announced.Distinct());
    }

    /// <summary>The same sum again sends the same ciphertexts to the last bit, and a second contribution never leaves.</summary>
    [Fact]
    public async Task Sum_BegunAgain_SendsTheSameBytesOrRefuses()
    {
        var sent = new ConcurrentQueue<string>();
        var bench = new SumBench(4)
        {
            Intercept = e =>
            {
                if (e.From == Victim && e.IsAt("masked")) sent.Enqueue(Convert.ToHexString(e.Payload.Span));
                return e;
            },
        };
        await bench.RunAsync(_ => Sum());
        await bench.RunAsync(_ => Sum());
        Assert.Equal(2, sent.Count);
        Assert.Single(sent.Distinct());
        var again = await bench.RunAsync(_ => Sum(), mine: name => Blocks<Matrix>.Of(("values", new Matrix(2, 2, [name == Victim ? 9 : 1, 0, 0, 0]))));
        Assert.IsType<ProtocolException>(again.Participants[Victim].Error);
        Assert.Equal(2, sent.Count);
    }

    [Fact]
    public async Task EndAsync_RemovesAllKeys()
    {
        var bench = new HiddenBench(4) { Sum = Sum };
        Assert.All((await bench.RunAsync(bench.HonestAsync)).Values, r => Assert.Null(r.Error));
        foreach (var (party, store) in bench.Stores)
        {
            Assert.NotNull(await store.LoadAsync(Exchanged, CancellationToken.None));
            Assert.Equal(party != HiddenBench.Coordinator, await store.LoadAsync(Secret, CancellationToken.None) is not null);
            using var mode = new HiddenSumMode(Sum());
            await mode.EndAsync(bench.SessionOf(party), CancellationToken.None);
            Assert.Null(await store.LoadAsync(Secret, CancellationToken.None));
            Assert.Null(await store.LoadAsync(Exchanged, CancellationToken.None));
        }
    }

    // No option of a task, and no key of a peer, leads to keys that are too short.
    [Fact]
    public void Import_OfAnInsecureKey_IsRefusedWhereTheTermsAskForASafeOne()
    {
        using var key = Size.Generate();
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => new PaillierKeySize(2048, IsInsecure: false).Import(key.PublicKey.Export()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeparateKeysSum(1024));
    }

    private static SeparateKeysSum Sum() => new(Size);

    private static async Task<string[]> SecretsAsync(SumBench bench) =>
        [.. (await Task.WhenAll(bench.Names.Select(n => bench.Stores[n].LoadAsync(Secret, CancellationToken.None).AsTask()))).Select(s => Convert.ToHexString(s!.Value.Span))];

    private static byte[] Faulty(Envelope e, string fault)
    {
        var paillier = e.Payload.Span.Slice(sizeof(int), Size.PublicKeyBytes).ToArray();
        if (fault == "even") paillier[8] &= 0xFE;
        if (fault == "proof") paillier[^1] ^= 1;
        if (fault != "length") return paillier;
        using var longer = InsecurePaillierKeys.Generate(640);
        return longer.PublicKey.Export();
    }

    private static Envelope WithSecondKey(HiddenBench bench, Envelope e)
    {
        using var second = Size.Generate();
        var length = KeyExchange.MessageBytes(Size);
        var bytes = e.Payload.ToArray();
        var at = sizeof(int) + 1 + sizeof(int) + (bench.Names.IndexOf(Accomplice) * (length + sizeof(int)));
        var forged = Announced(bench.Roster, bench.IdentityOf(Accomplice), e with { Step = new StepTag("test/key-exchange/own-key"), From = Accomplice, Payload = bytes.AsMemory(at, length) }, second.PublicKey.Export());
        forged.Payload.CopyTo(bytes.AsMemory(at));
        return e with { Payload = bytes };
    }

    /// <summary>An announcement with another Paillier key, signed by its owner.</summary>
    private static Envelope Announced(Roster roster, PartyIdentity identity, Envelope e, byte[] paillier)
    {
        var reader = new WireReader(e.Payload.Span, e.From, e.Step);
        reader.ReadExactBytes(Size.PublicKeyBytes);
        var agreement = reader.ReadExactBytes(65).ToArray();
        var writer = new WireWriter();
        writer.WriteBytes(paillier);
        writer.WriteBytes(agreement);
        writer.WriteBytes(identity.Sign(AnnouncedKeys.Statement(roster, e.Step, e.From, paillier, agreement)));
        return e with { Payload = writer.ToArray() };
    }
}
