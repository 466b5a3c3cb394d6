using System.Collections.Concurrent;
using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>Messages replayed, doubled, or passed off as another party's or another round's.</summary>
public sealed class MessageTests
{
    private static readonly PartyId First = new("p001"), Second = new("p002");

    [Theory]
    [InlineData("keys", ProtocolErrorCode.BadSignature)]
    [InlineData("consistency", ProtocolErrorCode.Inconsistent)]
    [InlineData("unmask", ProtocolErrorCode.MalformedMessage)]
    public async Task SumAsync_AParticipantSendsAnothersMessage_IsNamed(string step, ProtocolErrorCode code)
    {
        var stolen = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var bench = new SumBench(5)
        {
            Intercept = e =>
            {
                if (!e.IsAt(step)) return e;
                if (e.From == First) stolen.TrySetResult(e.Payload.ToArray());
                return e.From == Second ? e with { Payload = stolen.Task.GetAwaiter().GetResult() } : e;
            },
        };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(code, Assert.IsType<ProtocolException>(run.Error).Code);
        Assert.Equal(Second.Name, Tampering.Blamed(run.Error));
    }

    [Theory]
    [InlineData("keys", ProtocolErrorCode.BadSignature)]
    [InlineData("consistency", ProtocolErrorCode.Inconsistent)]
    public async Task SumAsync_AMessageOfAnEarlierRound_IsRefused(string step, ProtocolErrorCode code)
    {
        ReadOnlyMemory<byte> earlier = default;
        var bench = new SumBench(5)
        {
            Intercept = e =>
            {
                if (e.From != First || !e.IsAt(step)) return e;
                if (e.Step.Path.StartsWith("test/1/", StringComparison.Ordinal)) return e with { Payload = earlier };
                earlier = e.Payload.ToArray();
                return e;
            },
        };
        Assert.Null((await bench.RunAsync(_ => new SecureAggregationSum(), "0")).Error);
        var run = await bench.RunAsync(_ => new SecureAggregationSum(), "1");
        Assert.Equal(code, Assert.IsType<ProtocolException>(run.Error).Code);
        Assert.Equal(First.Name, Tampering.Blamed(run.Error));
    }

    // The coordinator hands p1's keys out as p2's: nobody believes it, and it is the coordinator that is named.
    [Fact]
    public async Task SumAsync_TheCoordinatorSwapsTwoParticipantsKeys_IsNamed()
    {
        var to = new PartyId("p004");
        var bench = new SumBench(5)
        {
            Intercept = e => e.To == to && e.IsAt("peer-keys") ? e with { Payload = Swapped(e.Payload, 2, 3) } : e,
        };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(SumBench.Coordinator.Name, Tampering.Blamed(run.Participants[to].Error));
    }

    // Envelopes in the wrong order, and those of an earlier round: their shares count as missing, and the rest suffices.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SumAsync_ShareEnvelopesAreSwappedOrReplayed_AreNotOpened(bool replayed)
    {
        var to = new PartyId("p004");
        ReadOnlyMemory<byte> earlier = default;
        var released = new ConcurrentDictionary<string, int>();
        var bench = new SumBench(5)
        {
            Intercept = e =>
            {
                if (e.From == to && e.IsAt("unmask")) released[e.Step.Path] = e.Payload.Span[0];
                if (e.To != to || !e.IsAt("peer-shares")) return e;
                if (e.Step.Path.StartsWith("test/0/", StringComparison.Ordinal))
                {
                    earlier = e.Payload.ToArray();
                    return e;
                }
                return e with { Payload = replayed ? earlier : Swapped(e.Payload, 2, 3) };
            },
        };
        Assert.Null((await bench.RunAsync(_ => new SecureAggregationSum(), "0")).Error);
        var run = await bench.RunAsync(_ => new SecureAggregationSum(), "1");
        Assert.Null(run.Error);
        Assert.Equal(bench.PlainSum(bench.Names)[0, 0], run.Outcome!.Total!["values"][0, 0], 1e-12);
        Assert.Equal((5, replayed ? 1 : 3), (released["test/0/unmask"], released["test/1/unmask"]));
    }

    // Every message arrives twice; the coordinator tells the survivors a second time, without one of them.
    [Fact]
    public async Task SumAsync_TheCoordinatorAsksTwice_OneKindOfShareIsReleasedOnce()
    {
        var bench = new SumBench(5);
        var rogue = new RogueCoordinator { AsksAgain = all => all.Remove(Second) };
        await bench.RunAsync(name => name == SumBench.Coordinator ? rogue : new SecureAggregationSum());
        Assert.Equal(5, rogue.SharesOf(Second, survived: true).Count());
        Assert.Empty(rogue.SharesOf(Second, survived: false));
        Assert.Equal(0, rogue.AnsweredAgain);
    }

    private static byte[] Swapped(ReadOnlyMemory<byte> payload, int first, int second)
    {
        var parts = Tampering.Parts(payload);
        (parts[first], parts[second]) = (parts[second], parts[first]);
        return Tampering.Joined(parts);
    }
}
