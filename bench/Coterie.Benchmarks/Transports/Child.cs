using System.Diagnostics;
using System.Globalization;
using System.Net;
using Coterie.Federation.Transports.Carriers.WebSockets;

namespace Coterie.Benchmarks.Transports;

/// <summary>Another process of a benchmark. It says one line when it is ready and ends when its input does.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(Process process, string firstLine) => (_process, FirstLine) = (process, firstLine);

    /// <summary>What it said: a port, or that it is ready.</summary>
    public string FirstLine { get; }

    /// <summary>The port it listens on.</summary>
    public int Port => int.Parse(FirstLine, CultureInfo.InvariantCulture);

    /// <summary>Starts this program again as one of <see cref="RunAsync"/>'s roles.</summary>
    public static async Task<Child> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(Child).Assembly.Location] : (string[])[], RelayBenchmark.ChildName, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The benchmark's second process did not start.");
        return new Child(process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The benchmark's second process ended at once."));
    }

    /// <summary>The life of a child.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var ended = Task.Run(() => Console.In.ReadToEnd());
        var work = arguments switch
        {
            ["forwarder", var folder] => ForwardAsync(folder),
            ["far", var folder, var port] => FarAsync(folder, Parse(port)),
            ["hub", var folder] => HubAsync(folder),
            ["party", var folder, var port] => PartyAsync(folder, Parse(port)),
            _ => throw new ArgumentException("No such role.", nameof(arguments)),
        };
        if (await Task.WhenAny(work, ended) == work && work.IsFaulted) await work;
        return 0;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5))) _process.Kill();
        _process.Dispose();
    }

    private static int Parse(string port) => int.Parse(port, CultureInfo.InvariantCulture);

    private static async Task ForwardAsync(string folder)
    {
        using var identity = BenchConsortium.Load(folder, BenchConsortium.Coordinator);
        await Splice.ForwardAsync(identity, port => Console.WriteLine(port));
    }

    private static async Task FarAsync(string folder, int port)
    {
        using var identity = BenchConsortium.Load(folder, BenchConsortium.Second);
        await using var stream = await Splice.ConnectAsync(identity, port);
        Console.WriteLine("ready");
        await Splice.AnswerAsync(stream);
    }

    private static async Task HubAsync(string folder)
    {
        using var identity = BenchConsortium.Load(folder, BenchConsortium.Coordinator);
        await using var server = await RelayServer.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), identity, LinkOptions.Default, null, CancellationToken.None);
        Console.WriteLine(server.Endpoint.Port);
        await server.RunAsync(new Echo(server, isFar: true), CancellationToken.None);
    }

    private static async Task PartyAsync(string folder, int port)
    {
        using var identity = BenchConsortium.Load(folder, BenchConsortium.Second);
        await using var client = new LinkClient(new DnsEndPoint("127.0.0.1", port), identity, BenchConsortium.Coordinator, LinkOptions.Default);
        var echo = new Echo(client, isFar: true);
        client.Expect(BenchConsortium.First);
        var running = client.RunAsync(echo, CancellationToken.None);
        await echo.Up(BenchConsortium.Coordinator);
        Console.WriteLine("ready");
        await running;
    }
}
