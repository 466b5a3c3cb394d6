using System.Buffers.Binary;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Federation.Transports;
using Coterie.Learning;

namespace Coterie.Conformance.Attacks.SharedKey;

/// <summary>A coordinator that tells participants different things, or all of them the wrong thing; and participants that compute something else.</summary>
public sealed class EquivocationTests
{
    private static readonly PartyId Victim = new("p002");

    [Fact]
    public async Task Rogue_WithItsHooksAlone_LeavesAllWithOneModel()
    {
        var bench = new HiddenBench(5);
        var results = await bench.RunAsync(new RogueHiddenCoordinator().RunAsync);
        Assert.All(results.Values, r => Assert.Null(r.Error));
        Assert.Single(results.Values.Select(r => Convert.ToHexString(r.Model!)).Distinct());
        var honest = await new HiddenBench(5).RunAsync(bench.HonestAsync);
        Assert.Equal(results[Victim].Model, honest[Victim].Model);
    }

    // A small delta, well within range: the victim cannot see it in the number.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(HiddenBench.Rounds - 1)]
    public async Task Train_OneIsReturnedAnotherTotal_EverybodyNamesTheCoordinatorBeforeAnythingElseLeaves(int round)
    {
        var bench = new HiddenBench(5) { Intercept = e => e.To == Victim && IsAt(e, round, "total") ? Shifted(e) : e };
        var rogue = new RogueHiddenCoordinator();
        var results = await bench.RunAsync(rogue.RunAsync);
        Assert.Equal(round + 1, rogue.Summed);
        foreach (var (name, result) in results)
        {
            Assert.Null(result.Model);
            Assert.True(result.Error is ProtocolException, $"{name}: {result.Error}");
            Assert.Equal(HiddenBench.Coordinator.Name, Tampering.Blamed(result.Error));
        }
    }

    [Fact]
    public async Task Train_OneIsToldOtherSurvivors_ItNamesTheCoordinatorAtOnce()
    {
        var bench = new HiddenBench(5) { Intercept = e => e.To == Victim && IsAt(e, 0, "added") ? e.Flipped(-1) : e };
        var results = await bench.RunAsync(new RogueHiddenCoordinator().RunAsync);
        Assert.Equal(HiddenBench.Coordinator.Name, Tampering.Blamed(results[Victim].Error));
        Assert.All(results.Values, r => Assert.Null(r.Model));
    }

    // The altered total goes to two of six, and each group is shown its own standings only: two are fewer than the threshold of five, and so are four.
    [Fact]
    public async Task Train_EachGroupIsShownItsOwnStandings_NobodyGoesOn()
    {
        static bool IsTold(PartyId name) => name.Name is "p004" or "p005";
        var isSplit = false;
        var bench = new HiddenBench(6)
        {
            Intercept = e =>
            {
                if (!IsAt(e, 0, "total")) return e;
                isSplit = true;
                return IsTold(e.To) ? Shifted(e) : e;
            },
        };
        var rogue = new RogueHiddenCoordinator { PassesStanding = (to, signer) => !isSplit || IsTold(to) == IsTold(signer) };
        var results = await bench.RunAsync(rogue.RunAsync);
        Assert.Equal(1, rogue.Summed);
        Assert.All(results.Values, r => Assert.Equal(ProtocolErrorCode.BelowThreshold, Assert.IsType<ProtocolException>(r.Error).Code));
    }

    // Not defended, and the security notes say so: what is altered for all alike moves all models, by what the coordinator chose without seeing them.
    [Fact]
    public async Task Train_AllAreReturnedTheSameAlteredTotal_NobodyNotices()
    {
        byte[]? added = null, total = null;
        var bench = new HiddenBench(5)
        {
            Intercept = e =>
            {
                if (IsAt(e, 1, "added")) added = e.Payload.ToArray();
                if (!IsAt(e, 1, "total")) return e;
                var altered = Shifted(e);
                total = altered.Payload.ToArray();
                return altered;
            },
        };
        var rogue = new RogueHiddenCoordinator { Told = round => round == 1 ? SHA256.HashData([.. added!, .. BitConverter.GetBytes(SHA256.HashSizeInBytes), .. SHA256.HashData(total!)]) : null };
        var results = await bench.RunAsync(rogue.RunAsync);
        Assert.All(results.Values, r => Assert.Null(r.Error));
        var models = results.Values.Select(r => Convert.ToHexString(r.Model!)).Distinct().ToArray();
        var honest = new HiddenBench(5);
        Assert.NotEqual(Convert.ToHexString((await honest.RunAsync(honest.HonestAsync))[Victim].Model!), Assert.Single(models));
    }

    [Fact]
    public async Task Train_ATotalOfNoise_IsOutOfRange()
    {
        var bench = new HiddenBench(5) { Intercept = e => e.To == Victim && IsAt(e, 0, "total") ? Noise(e) : e };
        var results = await bench.RunAsync(new RogueHiddenCoordinator().RunAsync);
        var error = Assert.IsType<ProtocolException>(results[Victim].Error);
        Assert.Equal(ProtocolErrorCode.Inconsistent, error.Code);
        Assert.Contains("within their range", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_OneComputesAnotherModelFromTheSameTotals_ItIsNamedByAll()
    {
        var bench = new HiddenBench(5) { Learner = name => name == Victim ? new RidgeDescent(Alpha: 3) : new RidgeDescent() };
        var results = await bench.RunAsync(bench.HonestAsync);
        Assert.All(results.Values, r => Assert.Equal(Victim.Name, Tampering.Blamed(r.Error)));
    }

    // The victim is told that the last one is no member of the key, and gets no part of it: its key would be another.
    [Fact]
    public async Task Train_OneIsToldOtherMembersOfTheKey_TheCoordinatorIsNamed()
    {
        var bench = new HiddenBench(5)
        {
            Intercept = e => e.To == Victim && e.Step.Path == "test/group-key/peer-parts" ? WithoutLastMember(e) : e,
        };
        var results = await bench.RunAsync(new RogueHiddenCoordinator().RunAsync);
        Assert.All(results.Values, r => Assert.Equal(HiddenBench.Coordinator.Name, Tampering.Blamed(r.Error)));
    }

    [Fact]
    public async Task Agree_APartIsAlteredOnItsWay_IsRefusedWithBothNamed()
    {
        var bench = new HiddenBench(5) { Intercept = e => e.To == Victim && e.Step.Path == "test/group-key/peer-parts" ? e.Flipped(30) : e };
        var results = await bench.RunAsync(bench.HonestAsync);
        Assert.Equal("p000 coordinator", Tampering.Blamed(results[Victim].Error));
    }

    private static bool IsAt(Envelope e, int round, string step) => e.Step.Path == $"test/learner/{round}/{step}";

    /// <summary>The first entry plus 2^20 of its smallest units.</summary>
    private static Envelope Shifted(Envelope e)
    {
        var bytes = e.Payload.ToArray();
        var entry = bytes.AsSpan(sizeof(int), sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(entry, unchecked(BinaryPrimitives.ReadUInt64LittleEndian(entry) + (1UL << 20)));
        return e with { Payload = bytes };
    }

    private static Envelope Noise(Envelope e)
    {
        var bytes = e.Payload.ToArray();
        for (var i = sizeof(int); i < bytes.Length; i++) bytes[i] ^= (byte)(((i * 37) + 11) & 0xFF);
        return e with { Payload = bytes };
    }

    private static Envelope WithoutLastMember(Envelope e)
    {
        var bytes = e.Payload.ToArray()[..^(sizeof(int) + Cryptography.SecureAggregation.GroupPart.EnvelopeLength)];
        bytes[sizeof(int)] &= 0b01111;
        return e with { Payload = bytes };
    }
}
