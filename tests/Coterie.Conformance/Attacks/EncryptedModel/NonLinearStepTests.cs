using Coterie.Conformance.Learners;
using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Transports;
using Coterie.Learning;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>Steps that coordinator and participant take together: what goes wrong has a name, and nothing is masked twice.</summary>
public sealed class NonLinearStepTests
{
    private static readonly PartyId Cheat = new("p001");

    private static ModelBench Bench(Func<Envelope, Envelope?>? intercept = null) =>
        new(isSeparate: false, learner: new LogisticDescent()) { RoundsAtMost = 2, Intercept = intercept };

    // Everybody is gone in the middle of the second round, and comes back: every message of that round is the same, and so is the model.
    [Fact]
    public async Task Run_BegunAgainInTheMiddleOfARound_SendsTheSameBytes()
    {
        var undisturbed = (await Bench().RunAsync())[ModelBench.Coordinator].Model!;
        var isStopped = false;
        var bench = Bench(e => !isStopped && e.Step.Path.StartsWith("test/learner/1/shares/1/", StringComparison.Ordinal) ? throw new PartyGoneException() : e);
        await bench.RunAsync();
        isStopped = true;
        var before = bench.Sent.ToArray();
        var run = await bench.RunAsync();
        Assert.All(run, p => Assert.Null(p.Value.Error));
        var model = run[ModelBench.Coordinator].Model!;
        Assert.InRange(Runs.RelativeError(undisturbed.Coefficients.ToArray(), model.Coefficients.ToArray()), 0, 1e-5);
        Assert.Equal(undisturbed.Intercept, model.Intercept, 1e-5);
        foreach (var part in new[] { "encrypted", "blinded" })
        {
            var first = Of(before, part);
            Assert.Equal(bench.Names.Length, first.Count);
            Assert.Equal(first, Of(bench.Sent.Skip(before.Length), part));
        }
        static SortedDictionary<string, string> Of(IEnumerable<Envelope> sent, string part) => new(sent
            .Where(e => e.Step.Path == $"test/learner/1/shares/0/{part}").ToDictionary(e => $"{e.From}-{e.To}", e => Convert.ToHexString(e.Payload.Span)));
    }

    [Fact]
    public async Task Run_OneComesBackWithOtherRows_DoesNotMaskThemAgain()
    {
        var isStopped = false;
        var bench = Bench(e => !isStopped && e.Step.Path.StartsWith("test/learner/0/shares/1/", StringComparison.Ordinal) ? throw new PartyGoneException() : e);
        await bench.RunAsync();
        isStopped = true;
        bench.Rows[Cheat] = bench.RowsOf(bench.Names[0]);
        var before = bench.Sent.Count;
        var run = await bench.RunAsync();
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(run[Cheat].Error).Code);
        Assert.DoesNotContain(bench.Sent.Skip(before), e => e.From == Cheat && e.Step.Path.StartsWith("test/learner/0/", StringComparison.Ordinal));
        Assert.NotNull(run[ModelBench.Coordinator].Model);
    }

    // A coordinator that asks about another factor in a step that was answered gets no second answer under the same masks.
    [Fact]
    public async Task Run_OneIsAskedAgainAboutAnotherFactor_DoesNotAnswer()
    {
        var isStopped = false;
        var key = ModelBench.Key.PublicKey;
        var bench = Bench(e =>
        {
            if (!isStopped && e.Step.Path.StartsWith("test/learner/0/shares/1/", StringComparison.Ordinal)) throw new PartyGoneException();
            return isStopped && e.To == Cheat && e.IsAt("encrypted") ? e with { Payload = Exchanged(e.Payload.ToArray(), key) } : e;
        });
        await bench.RunAsync();
        isStopped = true;
        var before = bench.Sent.Count;
        var run = await bench.RunAsync();
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(run[Cheat].Error).Code);
        Assert.DoesNotContain(bench.Sent.Skip(before), e => e.From == Cheat && e.IsAt("blinded"));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("zero")]
    public async Task Run_WhatIsNoAnswer_NamesTheSender(string fault)
    {
        var key = ModelBench.Key.PublicKey;
        var bench = Bench(e =>
        {
            if (e.From != Cheat || !e.IsAt("blinded")) return e;
            var bytes = e.Payload.ToArray();
            if (fault == "short") return e with { Payload = bytes[..^1] };
            bytes.AsSpan(0, key.CiphertextBytes).Clear();
            return e with { Payload = bytes };
        });
        var run = await bench.RunAsync();
        Assert.Equal(Cheat.Name, Tampering.Blamed(run[ModelBench.Coordinator].Error));
        Assert.Equal(ProtocolErrorCode.MalformedMessage, Assert.IsType<ProtocolException>(run[ModelBench.Coordinator].Error).Code);
    }

    [Fact]
    public async Task Run_TheCoordinatorSendsWhatIsNoCiphertext_ParticipantsNameIt()
    {
        var bench = Bench(e => e.To == Cheat && e.IsAt("encrypted") ? e with { Payload = new byte[e.Payload.Length] } : e);
        var run = await bench.RunAsync();
        Assert.Equal("coordinator", Tampering.Blamed(run[Cheat].Error));
    }

    /// <summary>The first two ciphertexts exchanged: valid, and another factor.</summary>
    private static byte[] Exchanged(byte[] bytes, PaillierPublicKey key)
    {
        var kept = bytes[..key.CiphertextBytes];
        bytes.AsSpan(key.CiphertextBytes, key.CiphertextBytes).CopyTo(bytes);
        kept.CopyTo(bytes, key.CiphertextBytes);
        return bytes;
    }
}
