using System.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Transports;
using Coterie.Privacy.EncryptedModel;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>An owner that is to shorten a model it cannot see, under the eyes of one participant. A key of 512 bits needs that every few rounds.</summary>
public sealed class RescalingTests
{
    private static readonly PaillierSecretKey Key = ModelBench.Key;

    [Fact]
    public async Task Run_Honest_GivesTheOwnerTheModelAndNobodyElse()
    {
        var bench = new ModelBench(isSeparate: true);
        var run = await bench.RunAsync();
        Assert.All(run.Values, r => Assert.Null(r.Error));
        Assert.NotNull(run[ModelBench.Buyer].Model);
        Assert.All(run.Where(r => r.Key != ModelBench.Buyer), r => Assert.Null(r.Value.Model));
        foreach (var name in bench.Names) Assert.Empty(bench.Transcripts[name].Openings);
        Assert.True(Requests(bench).Count() >= 3, "The key has room for all rounds.");
        Assert.Equal(Requests(bench).Count() - 1, bench.Transcripts[ModelBench.Buyer].Openings.Count(o => o.What.Contains("under masks", StringComparison.Ordinal)));
    }

    /// <summary>
    /// Masks are 64 bits longer than a model can be, whatever the model is: what the owner decrypts has the bits of the mask, and models a thousand times as large move
    /// the mean by less than its spread.
    /// </summary>
    [Fact]
    public async Task Run_WhatTheOwnerDecrypts_IsTheMask()
    {
        var bench = new ModelBench(isSeparate: true);
        await bench.RunAsync();
        foreach (var (request, masked) in Requests(bench).SkipLast(1).Select(e => RequestOf(e)))
        {
            foreach (var value in ModelBench.Open(masked))
            {
                Assert.True(value.Sign > 0);
                // 2^(L + 64 - 20) or more but for a chance of 2^-20; a model alone has at most L bits.
                Assert.InRange(value.GetBitLength(), request.ValueBits + 44, Blinding.BitsOf(request.ValueBits));
            }
        }
    }

    // From an exact model sums of Gram matrices can be solved: what the owner gets has the precision of a fresh model, what it would get otherwise some hundred bits more.
    [Fact]
    public async Task Run_TheFinalModel_HasNoMoreDigitsThanAFreshOne()
    {
        var bench = new ModelBench(isSeparate: true);
        await bench.RunAsync();
        foreach (var (plaintexts, unit, bits) in ModelBench.Open(bench.Sent.Last(e => e.To == ModelBench.Buyer && IsOwnerStep(e)), 1, ModelBench.Parameters - 1, 1))
        {
            Assert.InRange(unit.Exponent, -HiddenModel.FractionBits, -HiddenModel.FractionBits + 1);
            Assert.Equal(HiddenModel.Bits, bits);
            Assert.All(plaintexts, p => Assert.InRange(BigInteger.Abs(p).GetBitLength(), 0, 60));
        }
        var exact = bench.Sent.Last(e => e.IsAt("0") && e.Step.Path.Contains("/told/", StringComparison.Ordinal) && e.Payload.Length > 600);
        Assert.Contains(ModelBench.Open(exact, 5, ModelBench.Parameters - 1, 1), b => b.Plaintexts.Any(p => BigInteger.Abs(p).GetBitLength() > 70));
    }

    [Fact]
    public async Task Run_TheOwnerPlantsADelta_TheParticipantThatChecksNamesIt()
    {
        var bench = new ModelBench(isSeparate: true);
        bench.Rogues[ModelBench.Buyer] = session => PlantAsync(session, delta: 1);
        var run = await bench.RunAsync();
        var found = Assert.Single(bench.Names, n => run[n].Error is ProtocolException { Code: ProtocolErrorCode.Inconsistent });
        Assert.Equal("buyer", Tampering.Blamed(run[found].Error));
        Assert.Contains("changed parameter 2", run[found].Error!.Message, StringComparison.Ordinal);
        Assert.Contains(ModelBench.Buyer, Assert.IsType<ProtocolException>(run[ModelBench.Coordinator].Error).Culprits);
    }

    // The same rogue without a delta is honest: what is found is the delta.
    [Fact]
    public async Task Run_TheOwnerPlantsNothing_NobodyIsNamed()
    {
        var bench = new ModelBench(isSeparate: true);
        bench.Rogues[ModelBench.Buyer] = session => PlantAsync(session, delta: 0);
        var run = await bench.RunAsync();
        Assert.All(run.Values, r => Assert.Null(r.Error));
    }

    [Fact]
    public async Task Run_TheOwnerShowsAnotherModelThanItSendsBack_TheCoordinatorNamesIt()
    {
        var bench = new ModelBench(isSeparate: true)
        {
            Intercept = e => e.IsAt("rescaled") ? e with { Payload = Key.PublicKey.ToBytes(Planted(Key.PublicKey.FromBytes(e.Payload.Span, ModelBench.Parameters))) } : e,
        };
        var run = await bench.RunAsync();
        var error = Assert.IsType<ProtocolException>(run[ModelBench.Coordinator].Error);
        Assert.Equal((ProtocolErrorCode.Inconsistent, "buyer"), (error.Code, Tampering.Blamed(error)));
        Assert.Contains("another model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AnOpeningOfAnEarlierRescaling_IsRefused()
    {
        Envelope? earlier = null;
        var bench = new ModelBench(isSeparate: true)
        {
            Intercept = e =>
            {
                if (!e.IsAt("opening")) return e;
                var replayed = earlier is null ? e : e with { Payload = earlier.Payload };
                earlier ??= e with { Payload = e.Payload.ToArray() };
                return replayed;
            },
        };
        var run = await bench.RunAsync();
        var found = Assert.Single(bench.Names, n => run[n].Error is ProtocolException { Code: ProtocolErrorCode.Inconsistent });
        Assert.Equal("buyer", Tampering.Blamed(run[found].Error));
    }

    [Fact]
    public async Task Run_WhoIsToCheckIsGone_AnotherChecks()
    {
        ModelBench? bench = null;
        PartyId? gone = null;
        bench = new ModelBench(isSeparate: true, participants: 5)
        {
            Intercept = e =>
            {
                if (!e.IsAt("verdict") || (gone is { } already && already != e.From)) return e;
                gone = e.From;
                bench!.Network!.Disconnect(e.From);
                return null;
            },
        };
        var run = await bench.RunAsync();
        Assert.NotNull(gone);
        Assert.NotNull(run[ModelBench.Buyer].Model);
        Assert.Null(run[ModelBench.Coordinator].Error);
    }

    [Theory]
    [InlineData("rescaled")]
    [InlineData("opening")]
    public async Task Run_TheOwnerSendsWhatIsNoCiphertext_IsNamed(string step)
    {
        var bench = new ModelBench(isSeparate: true)
        {
            Intercept = e =>
            {
                if (!e.IsAt(step)) return e;
                var bytes = e.Payload.ToArray();
                bytes.AsSpan(step == "opening" ? sizeof(int) : 0, Key.PublicKey.CiphertextBytes).Fill(0xFF);
                return e with { Payload = bytes };
            },
        };
        var run = await bench.RunAsync();
        var found = run.Values.Select(r => r.Error).OfType<ProtocolException>().First(e => e.Code == ProtocolErrorCode.MalformedMessage);
        Assert.Equal("buyer", Tampering.Blamed(found));
    }

    /// <summary>An owner written by an attacker: it adds to one parameter what it would take off the final model, and otherwise follows the protocol.</summary>
    private static async Task PlantAsync(Session session, int delta)
    {
        foreach (var party in session.Roster.Parties.Where(p => p.Id != session.Self))
            await session.Channel.SendAsync(party.Id, new StepTag("test/model-key"), Key.PublicKey.Export(), CancellationToken.None);
        for (var turn = 0; ; turn++)
        {
            var step = new StepTag("test/learner/owner").Then(turn);
            var asked = await session.Channel.ReceiveAsync(ModelBench.Coordinator, step, 1 << 20, CancellationToken.None);
            if (FinalModel.Is(asked.Span)) return;
            var request = RescaleRequest.Read(asked.Span, ModelBench.Coordinator, step);
            var masked = Key.PublicKey.FromBytes(request.Masked, ModelBench.Parameters);
            var shortened = ModelBench.Open(masked).Select((v, i) => (v >> request.Shift) + (i == 2 ? delta : 0));
            var rescaled = Key.Encrypt(Plaintexts.FromBigIntegers(Key.PublicKey, [.. shortened]), CryptographicRandom.Instance);
            var bytes = Key.PublicKey.ToBytes(rescaled);
            await session.Channel.SendAsync(ModelBench.Coordinator, step.Then("rescaled"), bytes, CancellationToken.None);
            for (var attempt = 0; ; attempt++)
            {
                var named = await session.Channel.ReceiveAsync(ModelBench.Coordinator, step.Then("verifier").Then(attempt), 256, CancellationToken.None);
                if (named.Span[0] == 0) break;
                var reader = new WireReader(named.Span[1..], ModelBench.Coordinator, step);
                var writer = new WireWriter();
                writer.WriteBytes(bytes);
                writer.WriteBytes(Key.Open(masked.Concat(rescaled), Rescaling.ContextOf(session.Roster, step, request, bytes)).Export());
                await session.Channel.SendAsync(reader.ReadPartyId(), step.Then("opening"), writer.WrittenMemory, CancellationToken.None);
            }
        }
    }

    private static Ciphertexts Planted(Ciphertexts rescaled) =>
        Key.PublicKey.AddPlain(rescaled, Plaintexts.FromInt64(Key.PublicKey, [0, 0, 1, 0, 0]));

    private static IEnumerable<Envelope> Requests(ModelBench bench) => bench.Sent.Where(e => e.To == ModelBench.Buyer && IsOwnerStep(e));

    private static bool IsOwnerStep(Envelope e) => e.Step.Path.StartsWith("test/learner/owner/", StringComparison.Ordinal) && !e.Step.Path.Contains("verifier", StringComparison.Ordinal);

    private static (RescaleRequest Request, Ciphertexts Masked) RequestOf(Envelope e)
    {
        var request = RescaleRequest.Read(e.Payload.Span, e.From, e.Step);
        return (request, Key.PublicKey.FromBytes(request.Masked, ModelBench.Parameters));
    }
}
