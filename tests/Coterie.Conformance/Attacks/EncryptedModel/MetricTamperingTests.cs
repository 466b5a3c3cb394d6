using Coterie.Conformance.Learners;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.RunStore;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>Totals that were altered, moved or asked for twice: who notices, and whom it names.</summary>
public sealed class MetricTamperingTests
{
    private static readonly PartyId Coordinator = MetricBench.Coordinator, Owner = MetricBench.Owner;

    // An opening's header has 44 bytes; then plaintexts, then randomness.
    [Theory]
    [InlineData("masked", 48 + 3)]
    [InlineData("masked randomness", 48 + (10 * 64) + 3)]
    [InlineData("total", -64 - 60)]
    [InlineData("total's randomness", -60)]
    public async Task Opening_TheOwnerSaysAnotherNumber_IsNamedByTheCoordinator(string what, int position)
    {
        Assert.NotNull(what);
        var bench = new MetricBench();
        bench.Intercept = e => e.From == Owner && e.IsAt("opened") ? e.Flipped(position) : e;
        AssertBlamed((await bench.RunAsync())[Coordinator].Error, ProtocolErrorCode.Inconsistent, Owner);
    }

    /// <summary>The owner opens other ciphertexts than those that were asked for, truly: masked numbers it has shifted, or a total to which it has added.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Opening_OfOtherCiphertexts_TheOwnerIsNamedByTheCoordinator(bool masked)
    {
        var bench = new MetricBench();
        Ciphertexts Shifted(Ciphertexts c) => c.Key.AddPlain(c, Plaintexts.FromInt64(c.Key, [.. Enumerable.Repeat(1L << 60, c.Count)]));
        bench.Rogues[Owner] = new RogueOwner(bench) { Masked = masked ? Shifted : c => c, Totals = masked ? t => t : Shifted }.RunAsync;
        AssertBlamed((await bench.RunAsync())[Coordinator].Error, ProtocolErrorCode.Inconsistent, Owner);
    }

    [Fact]
    public async Task Opening_ForAnotherTranscript_TheOwnerIsNamedByTheCoordinator()
    {
        var bench = new MetricBench();
        bench.Rogues[Owner] = new RogueOwner(bench) { Context = c => [.. c, 1] }.RunAsync;
        var error = (await bench.RunAsync())[Coordinator].Error;
        AssertBlamed(error, ProtocolErrorCode.Inconsistent, Owner);
        Assert.Contains("another transcript", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_OfAnEarlierStepReplayed_TheOwnerIsNamedByTheCoordinator()
    {
        byte[]? recorded = null;
        var bench = new MetricBench();
        bench.Intercept = e =>
        {
            if (!e.IsAt("opened")) return e;
            recorded ??= e.Payload.ToArray();
            return e with { Payload = recorded };
        };
        Assert.Null((await bench.RunAsync("market/0"))[Coordinator].Error);
        AssertBlamed((await bench.RunAsync("market/1"))[Coordinator].Error, ProtocolErrorCode.Inconsistent, Owner);
    }

    [Fact]
    public async Task RogueOwner_WithItsHooksAlone_IsBelieved()
    {
        var bench = new MetricBench();
        bench.Rogues[Owner] = new RogueOwner(bench).RunAsync;
        Assert.Equal(bench.PlainError(bench.Weights), (await bench.RunAsync())[Coordinator].Result!.Value, bench.Tolerance);
    }

    /// <summary>What the coordinator shows the owner: every part of it was signed by validators.</summary>
    [Theory]
    [InlineData("masked", 4 + 20)]
    [InlineData("signature", 4 + (5 * 128) + 4 + 32 + 4 + 20)]
    [InlineData("rows", -(2 * 68) - 4 - 128 - 8)]
    [InlineData("total", -(2 * 68) - 60)]
    [InlineData("approval", -10)]
    public async Task Request_TheCoordinatorAltersIt_IsNamedByTheOwner(string what, int position)
    {
        Assert.NotNull(what);
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        bench.Intercept = e => e.IsAt("opening") ? e.Flipped(position) : e;
        var run = await bench.RunAsync();
        AssertBlamed(run[Owner].Error, ProtocolErrorCode.BadSignature, Coordinator);
        Assert.IsType<PeerUnavailableException>(run[Coordinator].Error);
    }

    /// <summary>The total is a public linear step, and all validators repeat it: a term that is added, exchanged or left out is noticed by each of them before it is opened.</summary>
    [Theory]
    [InlineData("added to")]
    [InlineData("exchanged")]
    [InlineData("rows")]
    public async Task Terms_TheCoordinatorAltersThem_IsNamedByTheValidators(string how)
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        bench.Intercept = e =>
        {
            if (!e.IsAt("terms")) return e;
            var setting = bench.SettingOf(Coordinator);
            var all = Listed.Read(setting, bench.Question(setting), e.Payload.Span);
            all[0] = how switch
            {
                "added to" => all[0] with { Terms = bench.Key.PublicKey.AddPlain(all[0].Terms, Plaintexts.FromInt64(bench.Key.PublicKey, [1L << 50])) },
                "exchanged" => all[0] with { Terms = all[1].Terms },
                _ => all[0] with { Rows = all[0].Rows + 1 },
            };
            return e with { Payload = Listed.Write(all) };
        };
        var run = await bench.RunAsync();
        foreach (var validator in bench.Validators) AssertBlamed(run[validator].Error, ProtocolErrorCode.BadSignature, Coordinator);
        Assert.NotNull(run[Owner].Error);
    }

    [Fact]
    public async Task Approval_ThatIsNone_NamesTheValidator()
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        var cheat = bench.Validators[1];
        bench.Intercept = e => e.From == cheat && e.IsAt("approved") ? e.Flipped(5) : e;
        AssertBlamed((await bench.RunAsync())[Coordinator].Error, ProtocolErrorCode.BadSignature, cheat);
    }

    // The coordinator tells validators the truth and shows the owner a total of its own: the owner computes nothing on what validators have not approved.
    [Fact]
    public async Task Request_ATotalOfTheCoordinatorsOwn_IsRefusedByTheOwner()
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        bench.Intercept = e =>
        {
            if (!e.IsAt("opening")) return e;
            var bytes = e.Payload.ToArray();
            var own = bench.Key.PublicKey.ToBytes(bench.Key.PublicKey.Encrypt(Plaintexts.FromInt64(bench.Key.PublicKey, [77]), CryptographicRandom.Instance));
            own.CopyTo(bytes, bytes.Length - (2 * 68) - own.Length);
            return e with { Payload = bytes };
        };
        AssertBlamed((await bench.RunAsync())[Owner].Error, ProtocolErrorCode.BadSignature, Coordinator);
    }

    /// <summary>The coordinator has the owner open something else: the model itself, in place of masked numbers.</summary>
    [Fact]
    public async Task Request_ToOpenTheModel_IsRefusedByTheOwner()
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        bench.Intercept = e =>
        {
            if (!e.IsAt("opening")) return e;
            var bytes = e.Payload.ToArray();
            bench.Key.PublicKey.ToBytes(bench.Model.Hidden!).CopyTo(bytes, 4);
            return e with { Payload = bytes };
        };
        AssertBlamed((await bench.RunAsync())[Owner].Error, ProtocolErrorCode.BadSignature, Coordinator);
    }

    // Validators were given another model than the transcript's, the owner's digest is of the right one.
    [Fact]
    public async Task Metric_OfAnotherModelThanTheTranscripts_IsRefusedByTheOwner()
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        var chosen = bench.Encrypt(Matrix.Column(1, 0, 0, 0));
        var run = await bench.RunAsync(model: party => party == Owner ? bench.Model : chosen);
        AssertBlamed(run[Owner].Error, ProtocolErrorCode.BadSignature, Coordinator);
        Assert.IsType<PeerUnavailableException>(run[Coordinator].Error);
    }

    // One validator was given another model, or stands at another transcript: what it signs is for nobody else.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metric_AValidatorAtAnotherModelOrTranscript_IsNamedByTheCoordinator(bool model)
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        var (odd, chosen) = (bench.Validators[1], bench.Encrypt(Matrix.Column(1, 0, 0, 0)));
        var run = await bench.RunAsync(
            model: party => model && party == odd ? chosen : bench.Model,
            change: s => !model && s.Session.Self == odd ? s with { Transcript = new byte[] { 1 } } : s);
        AssertBlamed(run[Coordinator].Error, ProtocolErrorCode.BadSignature, odd);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metric_MoreOpeningsThanAgreed_AreRefusedByValidatorsAndByTheOwner(bool ownerForgets)
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        bench.Terms = bench.Terms with { OpeningsAtMost = 2 };
        foreach (var step in new[] { "market/0", "market/1", "market/1" }) Assert.All((await bench.RunAsync(step)).Values, r => Assert.Null(r.Error));
        // Those that are put back have no record; the others do.
        foreach (var party in ownerForgets ? [Owner] : bench.Validators.AsEnumerable()) bench.Stores[party] = new MemoryStore();
        var run = await bench.RunAsync("market/2");
        foreach (var party in ownerForgets ? bench.Validators.AsEnumerable() : [Owner])
            Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(run[party].Error).Code);
        Assert.Null(run[Coordinator].Result);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("long")]
    [InlineData("no unit")]
    [InlineData("too large")]
    [InlineData("rows")]
    public async Task Masked_WhatIsNoMessage_NamesTheValidator(string fault)
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        var cheat = bench.Validators[1];
        bench.Intercept = e =>
        {
            if (e.From != cheat || !e.IsAt("masked")) return e;
            var bytes = e.Payload.ToArray();
            if (fault is "no unit" or "too large") bytes.AsSpan(8, 128).Fill((byte)(fault == "no unit" ? 0 : 0xFF));
            if (fault == "rows") BitConverter.TryWriteBytes(bytes, bench.Terms.RowsAtMost + 1);
            return e with { Payload = fault == "short" ? bytes[..^1] : fault == "long" ? (byte[])[.. bytes, 0] : bytes };
        };
        AssertBlamed((await bench.RunAsync())[Coordinator].Error, ProtocolErrorCode.MalformedMessage, cheat);
    }

    [Fact]
    public async Task Masked_SignedByAnother_NamesTheValidator()
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        var cheat = bench.Validators[1];
        bench.Intercept = e => e.From == cheat && e.IsAt("masked") ? e.Flipped(-1) : e;
        AssertBlamed((await bench.RunAsync())[Coordinator].Error, ProtocolErrorCode.BadSignature, cheat);
    }

    // Below n^2 a ciphertext under another key is a number like others: what it holds is noise under the owner's, and so is the total. Whose it was cannot be told of several.
    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Masked_UnderAForeignKey_GivesNoTotal(int validators, bool masked)
    {
        var bench = new MetricBench([.. Enumerable.Repeat(5, validators)]) { Patience = TimeSpan.FromSeconds(1) };
        using var foreign = InsecurePaillierKeys.Generate(Runs.InsecureKeyBits);
        bench.Rogues[bench.Validators[0]] = new RogueValidator(bench)
        {
            Masked = (question, m) => masked ? m with { Masked = RogueValidator.Under(foreign, question, m.Masked) } : m with { Terms = RogueValidator.Under(foreign, question, m.Terms) },
        }.RunAsync;
        var run = await bench.RunAsync();
        AssertBlamed(run[Owner].Error, ProtocolErrorCode.Inconsistent, [.. bench.Validators]);
        Assert.Null(run[Coordinator].Result);
    }

    [Fact]
    public async Task Metric_OfAModelUnderAForeignKey_IsRefusedByWhoHasIt()
    {
        var bench = new MetricBench { Patience = TimeSpan.FromSeconds(1) };
        using var foreign = InsecurePaillierKeys.Generate(Runs.InsecureKeyBits);
        bench.Model = bench.Encrypt(bench.Weights, foreign);
        var run = await bench.RunAsync();
        foreach (var party in bench.Validators.Append(Coordinator)) Assert.IsType<ArgumentException>(run[party].Error);
    }

    [Fact]
    public async Task RogueValidator_WithItsHooksAlone_ChangesNothing()
    {
        var bench = new MetricBench();
        bench.Rogues[bench.Validators[0]] = new RogueValidator(bench).RunAsync;
        Assert.Equal(bench.PlainError(bench.Weights), (await bench.RunAsync())[Owner].Result!.Value, bench.Tolerance);
    }

    private static void AssertBlamed(Exception? error, ProtocolErrorCode code, params PartyId[] culprits)
    {
        Assert.Equal(code, Assert.IsType<ProtocolException>(error).Code);
        Assert.Equal(culprits, ((ProtocolException)error!).Culprits);
    }
}
