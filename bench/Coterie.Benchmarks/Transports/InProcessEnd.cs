using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.Transports;

namespace Coterie.Benchmarks.Transports;

/// <summary>One party's end of the network of runs in one process.</summary>
internal sealed class InProcessEnd(InProcessNetwork network, PartyId self)
{
    // Every message has a step of its own, as in a run: the network forgets steps that nobody waits for.
    private static readonly StepTag There = new StepTag("bench").Then("there");
    private static readonly StepTag Back = new StepTag("bench").Then("back");

    private readonly IChannel _channel = network.Connect(new Party(self, PartyRole.Participant, ImmutableArray<byte>.Empty));

    public async Task<double> BulkAsync(InProcessEnd far, int chunks)
    {
        var chunk = new byte[Splice.ChunkBytes];
        var start = TimeProvider.System.GetTimestamp();
        var reading = far.SwallowAsync(self, chunks);
        for (var i = 0; i < chunks; i++)
        {
            await _channel.SendAsync(far.Self, There.Then(i), chunk, CancellationToken.None);
            if (i % 8 == 7) await _channel.ReceiveAsync(far.Self, Back.Then(i), 1, CancellationToken.None);   // the network itself never holds a sender up
        }
        await reading;
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    public async Task<double[]> PingAsync(InProcessEnd far, int count)
    {
        var message = new byte[64];
        var times = new double[count];
        var answering = far.AnswerAsync(self, count);
        for (var i = 0; i < count; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await _channel.SendAsync(far.Self, There.Then(i), message, CancellationToken.None);
            await _channel.ReceiveAsync(far.Self, Back.Then(i), 64, CancellationToken.None);
            times[i] = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        }
        await answering;
        return times;
    }

    private PartyId Self => self;

    private async Task SwallowAsync(PartyId from, int chunks)
    {
        await Task.Yield();
        for (var i = 0; i < chunks; i++)
        {
            await _channel.ReceiveAsync(from, There.Then(i), Splice.ChunkBytes, CancellationToken.None);
            if (i % 8 == 7) await _channel.SendAsync(from, Back.Then(i), new byte[1], CancellationToken.None);
        }
    }

    private async Task AnswerAsync(PartyId from, int count)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++)
            await _channel.SendAsync(from, Back.Then(i), await _channel.ReceiveAsync(from, There.Then(i), 64, CancellationToken.None), CancellationToken.None);
    }
}
