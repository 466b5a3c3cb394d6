using System.Buffers.Binary;
using System.Collections.Concurrent;
using Coterie.Conformance.Learners;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning;
using Coterie.Testing;

namespace Coterie.Conformance.Attacks;

/// <summary>A coordinator that broadcasts different things to different participants, or more rounds than were agreed.</summary>
public sealed class BroadcastTests
{
    private static readonly PartyId Victim = new("participant-2");

    // Round 3 of the learner: participant 2 is sent another model than the rest.
    [Fact]
    public async Task TrainAsync_OneParticipantIsSentAnotherModel_GivesNoTotal()
    {
        var (outcome, openings, _) = await RunAsync(e => e.To == Victim && e.Step.Path.EndsWith("learner/2/next", StringComparison.Ordinal) ? LastNumberHalved(e) : e);
        Assert.Equal(ProtocolErrorCode.Inconsistent, Assert.IsType<ProtocolException>(outcome).Code);
        Assert.Equal(3, openings("learner"));
    }

    // A divisor of standardisation is part of no learner's model; with divisors of its choice a coordinator weighs one participant's
    // rows up and everybody else's down, and the "sum" is that one's contribution.
    [Fact]
    public async Task TrainAsync_OneParticipantIsSentOtherPreprocessing_GivesNoTotal()
    {
        var (outcome, openings, _) = await RunAsync(e => e.To == Victim && IsLastOfPreprocessing(e) ? LastNumberHalved(e) : e);
        Assert.Equal(ProtocolErrorCode.Inconsistent, Assert.IsType<ProtocolException>(outcome).Code);
        Assert.Equal(0, openings("learner"));
    }

    // The terms say five rounds; the coordinator withholds the end and would go on asking at models of its choice.
    [Fact]
    public async Task TrainAsync_TheCoordinatorAsksForMoreRoundsThanAgreed_NobodyContributes()
    {
        var (_, _, steps) = await RunAsync(e => e.Step.Path.EndsWith("learner/4/next", StringComparison.Ordinal) ? Continued(e) : e);
        Assert.Contains(steps, s => s.EndsWith("learner/4/masked", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, s => s.Contains("learner/5/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TrainAsync_ABroadcastIsNoModel_NamesTheCoordinator()
    {
        var (outcome, _, _) = await RunAsync(e => e.Step.Path.EndsWith("learner/0/next", StringComparison.Ordinal) ? Renamed(e) : e);
        Assert.Equal(FederatedTraining.Coordinator.Name, Tampering.Blamed(outcome));
    }

    /// <summary>The first block under another name of the same length.</summary>
    private static Envelope Renamed(Envelope e)
    {
        const int NameStart = sizeof(int) + 1 + sizeof(int) + sizeof(int);      // round, done, blocks, length of the name
        var bytes = e.Payload.ToArray();
        bytes[NameStart] = (byte)'z';
        return e with { Payload = bytes };
    }

    private static bool IsLastOfPreprocessing(Envelope e) =>
        e.Step.Path.Contains("-standardize/", StringComparison.Ordinal) && e.IsAt("next") && e.Payload.Span[4] == 1;

    private static Envelope LastNumberHalved(Envelope e)
    {
        var bytes = e.Payload.ToArray();
        var last = bytes.AsSpan(bytes.Length - 8);
        BinaryPrimitives.WriteDoubleLittleEndian(last, BinaryPrimitives.ReadDoubleLittleEndian(last) / 2);
        return e with { Payload = bytes };
    }

    private static Envelope Continued(Envelope e)
    {
        var bytes = e.Payload.ToArray();
        bytes[4] = 0;
        return e with { Payload = bytes };
    }

    private static async Task<(Exception? Error, Func<string, int> Openings, IReadOnlyCollection<string> Steps)> RunAsync(Func<Envelope, Envelope?> intercept)
    {
        var draw = new SeededRandom(5);
        var table = new Table(["a", "b", "y"], [.. Enumerable.Range(0, 60).Select(_ => new[] { draw.NextDouble() * 10, draw.NextDouble(), draw.NextDouble() })]);
        var task = Runs.Task(Runs.SchemaOf(table), table.ToShard(), new RidgeDescent(), Runs.Secure, participants: 5);
        task = task with { Plan = task.Plan with { Stop = new StopRule(5, null), ModelTo = Core.Modes.ModelAudience.Everyone }, Patience = TimeSpan.FromSeconds(20) };
        var steps = new ConcurrentQueue<string>();
        var network = new InProcessNetwork(task.Patience)
        {
            Intercept = e =>
            {
                steps.Enqueue(e.Step.Path);
                return intercept(e);
            },
        };
        Exception? error = null;
        try
        {
            await FederatedTraining.RunAsync(task, network, CancellationToken.None);
        }
        catch (Exception caught) when (caught is ProtocolException or PeerUnavailableException)
        {
            error = caught;
        }
        return (error, stage => steps.Where(s => s.Contains($"/{stage}/", StringComparison.Ordinal) && s.EndsWith("/next", StringComparison.Ordinal)).Distinct().Count(), steps);
    }
}
