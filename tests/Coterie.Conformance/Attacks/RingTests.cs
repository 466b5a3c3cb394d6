using System.Collections.Concurrent;
using Coterie.Conformance.Sums;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Federation.Transports;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>Neighbours on the ring that work with the coordinator, members that alter the running sum, orders that do not fit.</summary>
public sealed class RingTests
{
    // Both neighbours and the coordinator put together what they hold: what left the victim minus what reached it.
    [Fact]
    public async Task SumAsync_BothNeighboursAndTheCoordinator_SeeOneUniformVector()
    {
        var reached = new ConcurrentDictionary<string, ulong[]>();
        var plain = Enumerable.Range(0, 1024).Select(i => (double)(i % 50)).ToArray();
        var bench = new SumBench(5, shape: (32, 32))
        {
            Contribution = _ => new Matrix(32, 32, plain),
            Intercept = e =>
            {
                if (e.Step.Path.Contains("/ring-sum", StringComparison.Ordinal)) reached[e.From.Name] = VectorOf(e, 1024);
                return e;
            },
        };
        Assert.Null((await bench.RunAsync(_ => new SecureAggregationSum(Topology.Ring))).Error);
        ulong[] single = [.. reached["p002"].Zip(reached["p001"], (after, before) => unchecked(after - before))];
        foreach (var vector in reached.Values.Append(single))
        {
            Uniformity.AssertUniform(vector);
            Uniformity.AssertUncorrelated(vector, plain);
        }
    }

    /// <summary>The naive ring hides the first contribution by a start value and nothing after: neighbours subtract.</summary>
    [Fact]
    public void NaiveRing_BothNeighbours_SeeTheContributionBetweenThem()
    {
        ulong[] contributions = [11, 22, 33, 44];
        var running = new List<ulong> { 0x1234_5678_9ABC_DEF0 };
        foreach (var c in contributions) running.Add(unchecked(running[^1] + c));
        Assert.Equal(33UL, unchecked(running[3] - running[2]));
    }

    // What a member adds is its own affair: poisoning shifts the sum and cannot be told from a contribution. Documented in SECURITY.md.
    [Theory]
    [InlineData(Topology.Star, "/masked")]
    [InlineData(Topology.Ring, "/ring-sum")]
    public async Task SumAsync_AMaskedVectorOfTheRightLengthIsAltered_ShiftsTheSumUnnoticed(Topology topology, string step)
    {
        var format = FixedPoint.For(1000, 5);
        var shift = unchecked((ulong)(long)Math.ScaleB(500, format.FractionBits));
        var bench = new SumBench(5) { Intercept = e => e.From.Name == "p001" && e.Step.Path.Contains(step, StringComparison.Ordinal) ? Shifted(e, shift) : e };
        var run = await bench.RunAsync(_ => new SecureAggregationSum(topology));
        Assert.Null(run.Error);
        Assert.Equal(bench.PlainSum(bench.Names)[0, 0] + 500, run.Outcome!.Total!["values"][0, 0], 1e-9);
    }

    // A running sum held back from an earlier round is noise in this one, and noise is out of range: of 1024 uniform entries over
    // 2^64 at 50 fraction bits (up to 8192) 39 % exceed what five contributions of 1000 can reach.
    [Fact]
    public async Task SumAsync_AStaleRunningSumIsForwarded_GivesNoSum()
    {
        ReadOnlyMemory<byte> stale = default;
        var bench = new SumBench(5, shape: (32, 32))
        {
            Contribution = _ => Matrix.Zero(32, 32),
            Intercept = e =>
            {
                if (e.From.Name != "p002" || !e.Step.Path.Contains("/ring-sum", StringComparison.Ordinal)) return e;
                if (!stale.IsEmpty) return e with { Payload = stale };
                stale = e.Payload.ToArray();
                return e;
            },
        };
        Assert.Null((await bench.RunAsync(_ => new SecureAggregationSum(Topology.Ring), "0")).Error);
        var run = await bench.RunAsync(_ => new SecureAggregationSum(Topology.Ring), "1");
        Assert.Equal(ProtocolErrorCode.Inconsistent, Assert.IsType<ProtocolException>(run.Error).Code);
    }

    [Theory]
    [InlineData((byte)2, "p003", ProtocolErrorCode.Inconsistent)]      // forward what it does not have yet
    [InlineData((byte)2, null, ProtocolErrorCode.Inconsistent)]        // forward to nobody
    [InlineData((byte)9, null, ProtocolErrorCode.MalformedMessage)]    // no such order
    [InlineData((byte)1, "mallory", ProtocolErrorCode.MalformedMessage)]
    public async Task SumAsync_AnOrderDoesNotFit_NamesTheCoordinator(byte command, string? peer, ProtocolErrorCode code)
    {
        var victim = new PartyId("p002");
        var bench = new SumBench(5) { Intercept = e => e.To == victim && e.Step.Path.EndsWith("ring-order/0", StringComparison.Ordinal) ? e with { Payload = Order(command, peer) } : e };
        await AssertBlamed(bench, victim, code);
    }

    [Fact]
    public async Task SumAsync_TheCoordinatorLetsAMemberAddTwice_IsNamed()
    {
        var victim = new PartyId("p002");
        var bench = new SumBench(5) { Intercept = e => e.To == victim && e.Step.Path.EndsWith("ring-order/1", StringComparison.Ordinal) ? e with { Payload = Order(1, null) } : e };
        await AssertBlamed(bench, victim, ProtocolErrorCode.Inconsistent);
    }

    private static async Task AssertBlamed(SumBench bench, PartyId victim, ProtocolErrorCode code)
    {
        var run = await bench.RunAsync(_ => new SecureAggregationSum(Topology.Ring));
        Assert.Equal(SumBench.Coordinator.Name, Tampering.Blamed(run.Participants[victim].Error));
        Assert.Equal(code, ((ProtocolException)run.Participants[victim].Error!).Code);
    }

    private static byte[] Order(byte command, string? peer)
    {
        var writer = new WireWriter();
        writer.WriteByte(command);
        writer.WriteByte(peer is null ? (byte)0 : (byte)1);
        if (peer is not null) writer.WriteText(peer);
        return writer.ToArray();
    }

    private static Envelope Shifted(Envelope envelope, ulong shift)
    {
        var vector = VectorOf(envelope, 4);
        vector[0] = unchecked(vector[0] + shift);
        var writer = new WireWriter();
        writer.WriteUInt64s(vector);
        return envelope with { Payload = writer.ToArray() };
    }

    private static ulong[] VectorOf(Envelope envelope, int length)
    {
        var vector = new ulong[length];
        new WireReader(envelope.Payload.Span, envelope.From, envelope.Step).ReadUInt64s(vector);
        return vector;
    }
}
