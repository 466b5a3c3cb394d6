using System.Globalization;
using System.Net;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.WebSockets;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Conformance.Large;

/// <summary>A party in a process of its own that sends, or adds, one contribution chunk by chunk, and says what memory it took.</summary>
internal static class PartyProcess
{
    public static readonly PartyId Coordinator = new("coordinator");
    public static readonly StepTag Step = new("large/0/contribution");

    private const int ChunkEntries = 64 << 10;

    /// <summary>Started by the test: <c>coordinator|participant FOLDER MEGABYTES PORT</c>.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [var role, var folder, var megabytes, var port])
        {
            await Console.Error.WriteLineAsync("These are tests: run them with 'dotnet test'.");
            return 2;
        }
        var bytes = long.Parse(megabytes, CultureInfo.InvariantCulture) << 20;
        var endpoint = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        using var identity = NodeIdentity.Load(Path.Combine(folder, role), TimeProvider.System);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(9));
        await using ICarrier carrier = role == Coordinator.Name
            ? await RelayServer.ListenAsync(endpoint, identity, LinkOptions.Default, null, stop.Token)
            : new LinkClient(new DnsEndPoint(endpoint.Address.ToString(), endpoint.Port), identity, Coordinator, LinkOptions.Default);
        if (carrier is RelayServer server) Console.WriteLine($"port {server.Endpoint.Port}");
        using var store = NodeStore.Open(Path.Combine(folder, role + "-state"));
        var switchboard = new Switchboard(carrier);
        await using var channel = switchboard.Open(new RunChannelOptions { Roster = LargeContributionTests.RosterIn(folder), Store = store.OpenRun("large") });
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var link = carrier.RunAsync(switchboard, life.Token);
        if (role == Coordinator.Name) await AddAsync(channel, new PartyId("participant"), bytes, stop.Token);
        else await channel.SendAsync(Coordinator, Step, bytes, Generate(bytes).ToAsyncEnumerable(), stop.Token);
        await channel.DrainAsync(stop.Token);
        await channel.DepartAsync(failed: false, "", stop.Token);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {PeakBytes() >> 20} MB"));
        await life.CancelAsync();
        await Task.WhenAny(link);
        return 0;
    }

    /// <summary>Entry i of the vector is i times an odd constant.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Generate(long bytes)
    {
        var chunk = new byte[ChunkEntries * sizeof(ulong)];
        for (long start = 0; start < bytes; start += chunk.Length)
        {
            Fill(start / sizeof(ulong), MemoryMarshal.Cast<byte, ulong>(chunk.AsSpan()));
            yield return chunk.AsMemory(0, (int)Math.Min(chunk.Length, bytes - start));
        }
    }

    private static void Fill(long first, Span<ulong> entries)
    {
        for (var i = 0; i < entries.Length; i++) entries[i] = unchecked((ulong)(first + i) * 0x9E3779B97F4A7C15);
    }

    private static async Task AddAsync(RunChannel channel, PartyId from, long bytes, CancellationToken cancellationToken)
    {
        var sum = new ulong[bytes / sizeof(ulong)];
        sum.AsSpan().Fill(1);
        long at = 0;
        await foreach (var chunk in channel.ReceiveChunksAsync(from, Step, bytes, cancellationToken))
        {
            // Chunks of whole entries: the channel's are powers of two.
            var entries = MemoryMarshal.Cast<byte, ulong>(chunk.Span);
            var target = sum.AsSpan((int)at, entries.Length);
            TensorPrimitives.Add(entries, target, target);
            at += entries.Length;
        }
        var expected = new ulong[ChunkEntries];
        for (long start = 0; start < sum.Length; start += ChunkEntries)
        {
            Fill(start, expected);
            for (var i = 0; i < Math.Min(ChunkEntries, sum.Length - start); i++)
                if (sum[start + i] != unchecked(expected[i] + 1)) throw new InvalidDataException($"Entry {start + i} is wrong.");
        }
        Console.WriteLine($"added {at} entries");
    }

    /// <summary>Largest resident memory of this process so far.</summary>
    private static long PeakBytes()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
