using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Coterie.Conformance.Learners;
using Coterie.Conformance.Sums;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Transports;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SeparateKeys;

namespace Coterie.Conformance.Attacks.SeparateKeys;

/// <summary>
/// A coordinator and a participant that work together: the coordinator has every single ciphertext, the participant opens what is under its key. Without masks
/// they read each contribution; with them, noise.
/// </summary>
public sealed class CollusionTests
{
    private const int Entries = 700;
    private static readonly PaillierKeySize Size = new(Runs.InsecureKeyBits, IsInsecure: true);
    private static readonly PartyId Accomplice = new("p000"), Other = new("p001"), Victim = new("p002");

    /// <summary>The naive variant: contributions encrypted under the accomplice's key without masks are read off, each and exactly.</summary>
    [Fact]
    public void Contribution_EncryptedWithoutMasks_IsReadByTheKeysOwner()
    {
        using var key = Size.Generate();
        var values = ContributionCodec.Encode(Bench([]).Request(Victim), [.. Contribution(2).Values]);
        var packed = Packed(key.PublicKey, values);
        var opened = key.Decrypt(key.PublicKey.Encrypt(packed, Core.Randomness.CryptographicRandom.Instance));
        Assert.Equal(values, Slots(opened));
        Assert.Equal(1, Uniformity.Correlation(Slots(opened), [.. Contribution(2).Values]), 1e-9);
    }

    [Fact]
    public async Task Contribution_OfOne_OpenedByTheAccomplice_IsUniformAndUnrelated()
    {
        var (opened, modulus) = await OpenedAsync(Accomplice);
        var plain = Contribution(2).Values.ToArray();
        Uniformity.AssertUniform(LowWords(opened));
        Uniformity.AssertUncorrelated(Slots(opened), plain);
        // Every data set is as good an explanation of it as any other: some mask, as uniform, leads from it there.
        Uniformity.AssertUniform(LowWords(Without(opened, modulus, plain)));
    }

    // Two accomplices have two views of the same contribution: masks are separate for every recipient, so that one says nothing of the other.
    [Fact]
    public async Task Contribution_OfOne_OpenedByTwoAccomplices_DiffersByNoise()
    {
        var seen = new ConcurrentDictionary<string, byte[]>();
        var bench = Bench(seen);
        Assert.Null((await bench.RunAsync(_ => new SeparateKeysSum(Size))).Error);
        var (first, n) = await OpenAsync(bench, seen, Accomplice);
        var (second, m) = await OpenAsync(bench, seen, Other);
        var plain = Contribution(2).Values.ToArray();
        var (left, right) = (LowWords(Without(first, n, plain)), LowWords(Without(second, m, plain)));
        ulong[] difference = [.. left.Zip(right, (a, b) => unchecked(a - b))];
        Uniformity.AssertUniform(difference);
    }

    // The attack as it would be made: the coordinator returns to the accomplice, in place of the sum, what the victim has sent.
    [Fact]
    public async Task Total_ReplacedByOnesContribution_IsRefused()
    {
        var seen = new ConcurrentDictionary<string, byte[]>();
        var bench = Bench(seen, e => e.To == Accomplice && e.IsAt("total") ? e with { Payload = (byte[])[.. e.Payload.Span[..4], .. PartFor(seen["p002"], 0)] } : e);
        var run = await bench.RunAsync(_ => new SeparateKeysSum(Size));
        Assert.Equal("coordinator", Tampering.Blamed(run.Participants[Accomplice].Error));
        Assert.Null(run.Participants[Victim].Error);
    }

    private static async Task<(Plaintexts Opened, BigInteger Modulus)> OpenedAsync(PartyId by)
    {
        var seen = new ConcurrentDictionary<string, byte[]>();
        var bench = Bench(seen);
        var run = await bench.RunAsync(_ => new SeparateKeysSum(Size));
        Assert.Null(run.Error);
        return await OpenAsync(bench, seen, by);
    }

    private static async Task<(Plaintexts Opened, BigInteger Modulus)> OpenAsync(SumBench bench, ConcurrentDictionary<string, byte[]> seen, PartyId by)
    {
        var record = (await bench.Stores[by].LoadAsync("test/own-keys/secret", CancellationToken.None))!.Value;
        using var key = InsecurePaillierKeys.ImportPrivateKey(record.Span[(32 + 32 + 65)..]);
        var part = PartFor(seen[Victim.Name], bench.Names.IndexOf(by));
        return (key.Decrypt(key.PublicKey.FromBytes(part, part.Length / key.PublicKey.CiphertextBytes)), new BigInteger(MemoryMarshal.AsBytes(key.PublicKey.Modulus), isUnsigned: true));
    }

    private static SumBench Bench(ConcurrentDictionary<string, byte[]> seen, Func<Envelope, Envelope?>? intercept = null) => new(4, shape: (Entries, 1))
    {
        Contribution = Contribution,
        Intercept = e =>
        {
            if (e.IsAt("masked")) seen[e.From.Name] = e.Payload.ToArray();
            return intercept is null ? e : intercept(e);
        },
    };

    private static Matrix Contribution(int participant) => new(Entries, 1, [.. Enumerable.Range(0, Entries).Select(i => ((((i * 7) + (participant * 5)) % 23) - 11) * 40.0)]);

    /// <summary>What is under one recipient's key in a contribution of four participants.</summary>
    private static byte[] PartFor(byte[] message, int recipient)
    {
        var length = (message.Length - sizeof(int)) / 4;
        return message[(sizeof(int) + (recipient * length))..(sizeof(int) + ((recipient + 1) * length))];
    }

    /// <summary>All words but the highest, whose distribution is the modulus'.</summary>
    private static ulong[] LowWords(Plaintexts plaintexts) => [.. Enumerable.Range(0, plaintexts.Count).SelectMany(i => plaintexts[i][..^1].ToArray())];

    /// <summary>Slots as entries of the contribution, what stands above them ignored.</summary>
    private static ulong[] Slots(Plaintexts plaintexts)
    {
        var packing = CiphertextLayout.PackingFor(4);
        return
        [
            .. Enumerable.Range(0, Entries).Select(i =>
            {
                var number = new BigInteger(MemoryMarshal.AsBytes(plaintexts[i / EntriesEach]), isUnsigned: true);
                return (ulong)((number >> (((i % EntriesEach) + 1) * packing.SlotBits)) & ulong.MaxValue) ^ (1UL << 63);
            }),
        ];
    }

    private static int EntriesEach => ((Runs.InsecureKeyBits - 1) / CiphertextLayout.PackingFor(4).SlotBits) - 1;

    /// <summary>Entries as they lie in plaintexts, with a check of zero before those of each.</summary>
    private static Plaintexts Packed(PaillierPublicKey key, ulong[] values) =>
        CiphertextLayout.PackingFor(4).Pack(key, [.. MemoryMarshal.Cast<ulong, long>(values).ToArray().Chunk(EntriesEach).SelectMany(c => c.Prepend(0))]);

    private static Plaintexts Without(Plaintexts opened, BigInteger modulus, double[] plain)
    {
        using var any = InsecurePaillierKeys.Generate(Runs.InsecureKeyBits);
        var packed = Packed(any.PublicKey, ContributionCodec.Encode(Bench([]).Request(Victim), plain));
        var result = new Plaintexts(opened.Count, opened.WordsEach);
        for (var i = 0; i < opened.Count; i++)
        {
            var number = (new BigInteger(MemoryMarshal.AsBytes(opened[i]), isUnsigned: true) - new BigInteger(MemoryMarshal.AsBytes(packed[i]), isUnsigned: true) + modulus) % modulus;
            number.TryWriteBytes(MemoryMarshal.AsBytes(result[i]), out _, isUnsigned: true);
        }
        return result;
    }
}
