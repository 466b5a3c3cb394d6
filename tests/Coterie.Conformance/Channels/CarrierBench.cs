using Coterie.Core.Parties;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Conformance.Channels;

/// <summary>Durable channels on given carriers, one store per party: what a carrier has to bring to be held to <see cref="ChannelConformance"/>.</summary>
internal sealed class CarrierBench : IChannelBench
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coterie-channels-");
    private readonly Dictionary<PartyId, (NodeStore Store, RunChannel Channel, Task Running)> _parties = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ValueTask> _close;

    /// <param name="roster">A coordinator and three participants.</param>
    /// <param name="patience">How long they wait.</param>
    /// <param name="carrierOf">Each party's carrier.</param>
    /// <param name="close">Called at the end, for what the carriers stand on.</param>
    public CarrierBench(Roster roster, RunPatience patience, Func<Party, ICarrier> carrierOf, Func<ValueTask>? close = null)
    {
        Roster = roster;
        _close = close ?? (() => ValueTask.CompletedTask);
        foreach (var party in roster.Parties)
        {
            var store = NodeStore.Open(Path.Combine(_folder.FullName, party.Id.Name));
            var board = new Switchboard(carrierOf(party));
            var channel = board.Open(new RunChannelOptions { Roster = roster, Store = store.OpenRun(roster.RunId), Patience = patience });
            _parties.Add(party.Id, (store, channel, board.Carrier.RunAsync(board, _stop.Token)));
        }
    }

    public Roster Roster { get; }

    public static Roster NewRoster(Func<string, byte[]> keyOf) => new(
        "run",
        [
            new Party(new PartyId("coordinator"), PartyRole.Coordinator, [.. keyOf("coordinator")]),
            .. Enumerable.Range(0, 3).Select(i => new Party(new PartyId($"participant-{i}"), PartyRole.Participant, [.. keyOf($"participant-{i}")])),
        ],
        "federated", 0, false, []);

    public IChannel Channel(PartyId party) => _parties[party].Channel;

    public Task LeaveAsync(PartyId party) => _parties[party].Channel.DepartAsync(failed: false, "", CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, channel, _) in _parties.Values) await channel.DisposeAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_parties.Values.Select(p => p.Running)).ContinueWith(_ => { }, TaskScheduler.Default);
        foreach (var (store, _, _) in _parties.Values) store.Dispose();
        await _close();
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }
}
