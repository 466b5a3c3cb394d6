using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Tests.Transports.Durable;

/// <summary>One party's process: its folder, its carrier and its channel, which can die at any moment.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly MemoryCarriers _hub;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private TestNode(MemoryCarriers hub, Party party, Roster roster, NodeStore store, Func<RunChannelOptions, RunChannelOptions> options, TimeProvider? time)
    {
        _hub = hub;
        Party = party;
        Store = store;
        Carrier = hub.Attach(party);
        Board = new Switchboard(Carrier, time);
        Run = store.OpenRun(roster.RunId);
        Channel = Board.Open(options(new RunChannelOptions { Roster = roster, Store = Run }));
        _running = Carrier.RunAsync(Board, _stop.Token);
    }

    public Party Party { get; }

    public NodeStore Store { get; }

    public SqliteRunStore Run { get; }

    public MemoryCarrier Carrier { get; }

    public Switchboard Board { get; }

    public RunChannel Channel { get; }

    public static TestNode Start(
        MemoryCarriers hub, Roster roster, PartyId party, string folder, StoreSettings? settings = null, Func<RunChannelOptions, RunChannelOptions>? options = null, TimeProvider? time = null)
    {
        var store = NodeStore.Open(Path.Combine(folder, party.Name), time ?? TimeProvider.System, settings ?? new StoreSettings());
        try
        {
            return new TestNode(hub, roster[party], roster, store, options ?? (o => o), time);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>A coordinator "c" and participants "p1", "p2", ...</summary>
    public static Roster RosterOf(int participants, string run = "run") => new(
        run,
        [new Party(new PartyId("c"), PartyRole.Coordinator, KeyOf("c")), .. Enumerable.Range(1, participants).Select(i => new Party(new PartyId($"p{i}"), PartyRole.Participant, KeyOf($"p{i}")))],
        "federated", 0, false, []);

    public static ImmutableArray<byte> KeyOf(string name) => [.. System.Text.Encoding.UTF8.GetBytes($"key of {name}")];

    /// <summary>Where files are quick: memory, if the machine has such a folder.</summary>
    public static DirectoryInfo TemporaryFolder() => Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory(Path.Combine("/dev/shm", $"coterie-{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}"))
        : Directory.CreateTempSubdirectory("coterie-");

    public async ValueTask DisposeAsync()
    {
        if (_hub.IsAttached(Carrier)) _hub.Detach(Party.Id);
        await _stop.CancelAsync();
        await _running;
        await Channel.DisposeAsync();
        Store.Dispose();
        _stop.Dispose();
    }
}
