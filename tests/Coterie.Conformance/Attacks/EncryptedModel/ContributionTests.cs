using System.Numerics;
using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Transports;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>What a coordinator that owns the model and its key can learn of one participant, and what a participant can send that is no contribution.</summary>
public sealed class ContributionTests
{
    private static readonly PartyId Cheat = new("p001");

    // A gradient of this size has below 200 bits. Uniform modulo n, a number of 400 bits or fewer comes once in 2^110 times.
    [Fact]
    public async Task Run_TheOwnerDecryptsOneContribution_FindsNumbersUniformModuloN()
    {
        var bench = new ModelBench(isSeparate: false);
        var run = await bench.RunAsync();
        Assert.NotNull(run[ModelBench.Coordinator].Model);
        var contributions = bench.Sent.Where(e => e.From == Cheat && e.IsAt("masked")).ToArray();
        Assert.Equal(ModelBench.Rounds, contributions.Length);
        foreach (var contribution in contributions)
            foreach (var (plaintexts, _, bits) in ModelBench.Open(contribution, 0, ModelBench.Parameters, 1))
            {
                Assert.InRange(bits, 1, 200);
                Assert.All(plaintexts, p => Assert.True(BigInteger.Abs(p).GetBitLength() > 400));
            }
    }

    [Fact]
    public async Task Run_Participants_AreOpenedNothing()
    {
        var bench = new ModelBench(isSeparate: false);
        var run = await bench.RunAsync();
        foreach (var name in bench.Names)
        {
            Assert.Null(run[name].Model);
            Assert.Empty(bench.Transcripts[name].Openings);
        }
    }

    /// <summary>
    /// A mask hides the plaintext and not the randomness: the owner, who made the ciphertexts of the model, takes the n-th root of a product and compares it
    /// with the roots' powers for a row it guesses. It recognises the row where the product was not re-randomised, and no row where it was.
    /// </summary>
    [Fact]
    public void Attack_OwnerGuessesARow_IsRightOnlyWithoutReRandomising()
    {
        var (key, random) = (ModelBench.Key, CryptographicRandom.Instance);
        long[] row = [3, -1, 4, 1, -5], other = [3, -1, 4, 1, -6];
        var model = key.Encrypt(Plaintexts.FromInt64(key.PublicKey, [7, 8, 9, 10, 11]), random);
        var product = new EncryptedProduct(model, 8, 1).Multiply(row, 1);
        var masked = key.PublicKey.AddPlain(product, Plaintexts.FromBigIntegers(key.PublicKey, [new BigInteger(random.Bytes(60), isUnsigned: true)]));

        bool Recognises(Ciphertexts seen, long[] guess) =>
            ModelBench.Randomness(seen).SequenceEqual(ModelBench.Randomness(new EncryptedProduct(model, 8, 1).Multiply(guess, 1)));
        Assert.True(Recognises(masked, row));
        Assert.False(Recognises(masked, other));
        Assert.False(Recognises(new Rerandomizer(key.PublicKey, random).Apply(masked), row));
    }

    // A ciphertext modulo n tells its randomness and nothing of its plaintext, which stands beside n. Two participants with the same rows answer with the same products:
    // only fresh randomness tells them apart.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_TwoParticipantsWithTheSameRows_SendNoRandomnessTwice(bool isSeparate)
    {
        var bench = new ModelBench(isSeparate);
        bench.Rows[bench.Names[0]] = bench.RowsOf(Cheat);
        Assert.All(await bench.RunAsync(), p => Assert.Null(p.Value.Error));
        var contributions = bench.Sent.Where(e => bench.Names.Contains(e.From) && e.IsAt(isSeparate ? "contribution" : "masked") && !e.Step.Path.Contains("known", StringComparison.Ordinal)).ToArray();
        Assert.Equal(ModelBench.Rounds * bench.Names.Length, contributions.Length);
        var randomness = contributions.SelectMany(e => ModelBench.Randomness(e, isSeparate ? [ModelBench.Parameters] : [ModelBench.Parameters, 1])).ToArray();
        Assert.Equal(randomness.Length, randomness.Distinct().Count());
    }

    // All stop once a vector is claimed and before it leaves. One comes back with other rows: the same masks would hide another contribution.
    [Fact]
    public async Task Run_OneComesBackWithOtherRows_DoesNotMaskThemAgain()
    {
        var isStopped = false;
        var bench = new ModelBench(isSeparate: false)
        {
            Intercept = e => !isStopped && e.Step.Path == "test/learner/1/masked" ? throw new PartyGoneException() : e,
        };
        await bench.RunAsync();
        isStopped = true;
        bench.Rows[Cheat] = bench.RowsOf(bench.Names[0]);
        var before = bench.Sent.Count;
        var run = await bench.RunAsync();
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, Assert.IsType<ProtocolException>(run[Cheat].Error).Code);
        Assert.DoesNotContain(bench.Sent.Skip(before), e => e.From == Cheat && e.Step.Path == "test/learner/1/masked");
        Assert.NotNull(run[ModelBench.Coordinator].Model);
    }

    // Masks are bound to what was told: a participant that answers another model signs another statement, and nobody releases a share.
    [Fact]
    public async Task Run_OneIsToldAnotherModel_NothingIsUnmasked()
    {
        Envelope? first = null;
        var bench = new ModelBench(isSeparate: false)
        {
            Intercept = e =>
            {
                if (e.Step.Path != "test/learner/1/model") return e;
                first ??= e;
                return e.To == Cheat ? e with { Payload = Exchanged(e) } : e;
            },
        };
        var run = await bench.RunAsync();
        Assert.IsType<ProtocolException>(run[ModelBench.Coordinator].Error);
        Assert.DoesNotContain(bench.Sent, e => e.Step.Path == "test/learner/1/unmask");
    }

    [Theory]
    [InlineData("zero")]
    [InlineData("above")]
    [InlineData("no unit")]
    [InlineData("short")]
    [InlineData("unit")]
    [InlineData("bits")]
    public async Task Run_WhatIsNoContribution_NamesTheSender(string fault)
    {
        var bench = new ModelBench(isSeparate: false) { Intercept = e => e.From == Cheat && e.IsAt("masked") ? e with { Payload = With(e.Payload.ToArray(), fault) } : e };
        var run = await bench.RunAsync();
        var error = Assert.IsType<ProtocolException>(run[ModelBench.Coordinator].Error);
        Assert.Equal(ProtocolErrorCode.MalformedMessage, error.Code);
        // Of two that differ in their units the one is named that came second.
        if (fault is not ("unit" or "bits")) Assert.Equal(Cheat.Name, Tampering.Blamed(error));
    }

    [Theory]
    [InlineData("zero")]
    [InlineData("unit")]
    public async Task Run_TheCoordinatorTellsWhatIsNoModel_ParticipantsNameIt(string fault)
    {
        var bench = new ModelBench(isSeparate: false)
        {
            Intercept = e => e.Step.Path == "test/learner/0/model" && e.To == Cheat ? e with { Payload = (byte[])[.. e.Payload.Span[..5], .. With(e.Payload[5..].ToArray(), fault)] } : e,
        };
        var run = await bench.RunAsync();
        Assert.Equal("coordinator", Tampering.Blamed(run[Cheat].Error));
    }

    /// <summary>c modulo n is r^n: what an owner learns besides the plaintext.</summary>
    /// <summary>The model with two parameters exchanged: a valid one, and another.</summary>
    private static byte[] Exchanged(Envelope told)
    {
        var bytes = told.Payload.ToArray();
        var (width, first) = (ModelBench.Key.PublicKey.CiphertextBytes, 5 + 20);
        var kept = bytes[first..(first + width)];
        bytes.AsSpan(first + width, width).CopyTo(bytes.AsSpan(first));
        kept.CopyTo(bytes, first + width);
        return bytes;
    }

    /// <summary>Blocks (unit, size, length, ciphertexts) whose first ciphertext or head is another.</summary>
    private static byte[] With(byte[] blocks, string fault)
    {
        var key = ModelBench.Key.PublicKey;
        const int Head = sizeof(double) + (3 * sizeof(int));
        var first = blocks.AsSpan(Head, key.CiphertextBytes);
        switch (fault)
        {
            case "zero":
                first.Clear();
                break;
            case "above":
                first.Fill(0xFF);
                break;
            case "no unit":
                first.Clear();
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(key.Modulus).CopyTo(first);
                break;
            case "short":
                return blocks[..^1];
            case "unit":
                blocks[sizeof(double)] ^= 1;
                break;
            default:
                blocks[sizeof(double) + sizeof(int)] ^= 1;
                break;
        }
        return blocks;
    }
}
