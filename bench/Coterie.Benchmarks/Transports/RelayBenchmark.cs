using System.Globalization;
using System.Net;
using System.Net.Security;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Transports;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.WebSockets;

namespace Coterie.Benchmarks.Transports;

/// <summary>Speed of the network carrier beside a bare splice of two TLS connections.</summary>
internal static class RelayBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "relay";

    /// <summary>The subcommand that its other processes run.</summary>
    public const string ChildName = "relay-child";

    private const int Chunks = 2_000;
    private const int Pings = 4_000;
    private const int PingBytes = 64;
    private const int Rounds = 5;

    private const string Method = """
        Three processes on this machine, connected through loopback with TLS 1.3: a participant that sends, what is in the middle, a participant that receives.
        Throughput is 500 MiB in frames of 256 KiB until the receiver says that it has them; a round trip is 64 bytes there and back, the median of 4,000.
        `bare TLS splice` is the plain row: the process in the middle copies bytes from one TLS connection to the other. `relay` goes through the coordinator,
        sealed end to end: participant, coordinator, participant and back. `coordinator` is a participant and the coordinator alone, `in process` the
        network of runs in one process. Rows take turns, five times, after a warm-up; the best of each is shown.
        """;

    public static async Task<Report> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("coterie-bench-").FullName;
        try
        {
            await BenchConsortium.CreateAsync(folder);
            return await RunAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Report> RunAsync(string folder)
    {
        using var identity = BenchConsortium.Load(folder, BenchConsortium.First);
        using var forwarder = await Child.StartAsync("forwarder", folder);
        await using var splice = await Splice.ConnectAsync(identity, forwarder.Port);
        using var far = await Child.StartAsync("far", folder, forwarder.FirstLine);
        using var hub = await Child.StartAsync("hub", folder);
        using var party = await Child.StartAsync("party", folder, hub.FirstLine);
        await using var client = new LinkClient(new DnsEndPoint("127.0.0.1", hub.Port), identity, BenchConsortium.Coordinator, LinkOptions.Default);
        using var stop = new CancellationTokenSource();
        var echo = new Echo(client, isFar: false);
        client.Expect(BenchConsortium.Second);
        var running = client.RunAsync(echo, stop.Token);
        await echo.Up(BenchConsortium.Second).WaitAsync(TimeSpan.FromSeconds(20));

        var (first, second) = InProcess();
        Row[] rows =
        [
            new("bare TLS splice", n => SpliceAsync(splice, n), n => Splice.PingAsync(splice, PingBytes, n)),
            new("relay", n => CarrierBulkAsync(client, echo, BenchConsortium.Second, n), n => CarrierPingAsync(client, echo, BenchConsortium.Second, n)),
            new("coordinator", n => CarrierBulkAsync(client, echo, BenchConsortium.Coordinator, n), n => CarrierPingAsync(client, echo, BenchConsortium.Coordinator, n)),
            new("in process", n => first.BulkAsync(second, n), n => first.PingAsync(second, n)),
        ];
        foreach (var row in rows) await row.MeasureAsync(Chunks / 4, Pings);
        foreach (var row in rows) row.Forget();
        for (var round = 0; round < Rounds; round++)
            foreach (var row in rows) await row.MeasureAsync(Chunks, Pings);

        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        return Describe(rows);
    }

    private static Report Describe(Row[] rows)
    {
        var report = new Report(Name, "The network carrier", Method);
        var table = new MarkdownTable("way", "MB/s", "of the splice", "round trip");
        foreach (var row in rows)
            table.Add(row.Name, Figures.Count(row.BytesPerSecond / 1e6), Figures.Percent(row.BytesPerSecond / rows[0].BytesPerSecond), Figures.Seconds(row.RoundTrip));
        report.Add(table);
        var pairs = rows[0].Bulks.Zip(rows[1].Bulks, (splice, relay) => splice / relay).Order().ToArray();
        report.Add(string.Create(CultureInfo.InvariantCulture, $"Relay as a part of the splice, round by round: {string.Join(", ", pairs.Select(p => Figures.Percent(p)))}."));
        report.Add($"Target: the relay at least 60 % of the splice: {(rows[1].BytesPerSecond >= 0.6 * rows[0].BytesPerSecond ? "met" : "missed")}.");
        report.Target("a round trip through the relay", rows[1].RoundTrip * 1e6, 150, " us");
        return report;
    }

    private static async Task<double> SpliceAsync(SslStream stream, int chunks) => await Splice.BulkAsync(stream, Chunk(), chunks);

    private static async Task<double> CarrierBulkAsync(LinkClient client, Echo echo, PartyId to, int chunks)
    {
        var chunk = Chunk();
        chunk[0] = Echo.Bulk;
        byte[] last = [Echo.Question];
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < chunks; i++) await SendAsync(client, to, chunk);
        await SendAsync(client, to, last);
        await echo.AnswerAsync();
        return TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double[]> CarrierPingAsync(LinkClient client, Echo echo, PartyId to, int count)
    {
        var message = new byte[PingBytes];
        message[0] = Echo.Question;
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await SendAsync(client, to, message);
            await echo.AnswerAsync();
            times[i] = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        }
        return times;
    }

    private static async ValueTask SendAsync(ICarrier carrier, PartyId to, byte[] frame)
    {
        if (!await carrier.SendAsync(to, frame, CancellationToken.None)) throw new InvalidOperationException($"{to} is gone: what was measured is worth nothing.");
    }

    private static byte[] Chunk() => CryptographicRandom.Instance.Bytes(Splice.ChunkBytes);

    private static (InProcessEnd First, InProcessEnd Second) InProcess()
    {
        var network = new InProcessNetwork(TimeSpan.FromSeconds(30));
        return (new InProcessEnd(network, BenchConsortium.First), new InProcessEnd(network, BenchConsortium.Second));
    }

    private sealed record Row(string Name, Func<int, Task<double>> Bulk, Func<int, Task<double[]>> Ping)
    {
        public List<double> Bulks { get; } = [];

        private readonly List<double> _pings = [];

        public double BytesPerSecond => (double)Chunks * Splice.ChunkBytes / Bulks.Min();

        public double RoundTrip => _pings.Min();

        public async Task MeasureAsync(int chunks, int pings)
        {
            Bulks.Add(await Bulk(chunks));
            _pings.Add(Stopwatches.Median(await Ping(pings)));
        }

        public void Forget()
        {
            Bulks.Clear();
            _pings.Clear();
        }
    }
}
