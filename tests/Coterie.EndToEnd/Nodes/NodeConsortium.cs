using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.EndToEnd.Nodes;

/// <summary>Parties with homes and configs of their own below one workspace, and the processes that were started for them.</summary>
public sealed class NodeConsortium : IDisposable
{
    private readonly List<NodeProcess> _started = [];

    private NodeConsortium() => Port = FreePort();

    /// <summary>Where everything lies.</summary>
    public Workspace Place { get; } = new();

    /// <summary>Where the coordinator listens, also after a restart.</summary>
    public int Port { get; }

    /// <summary>A coordinator and participants who have joined, each with a data file and a config that approves everything without asking.</summary>
    public static async Task<NodeConsortium> CreateAsync(int participants = 3, string timeOuts = "{ gathering: 60s, absence: 20s }", string log = "{ level: warning }", string policy = "", int joined = int.MaxValue)
    {
        var consortium = new NodeConsortium();
        using var authority = ConsortiumAuthority.Create(consortium.Place["authority"], "test", TimeProvider.System);
        await consortium.JoinAsync(authority, "coordinator", PartyRole.Coordinator);
        consortium.Place.Write("coordinator.yaml", $"home: coordinator\nlisten: 127.0.0.1:{consortium.Port}\ntime-outs: {timeOuts}\nlog: {log}\n");
        for (var k = 1; k <= participants; k++)
        {
            if (k <= joined) await consortium.JoinAsync(authority, $"clinic-{k}", PartyRole.Participant);
            consortium.WriteRows(k);
            consortium.WriteConfig(k, $"learners: [ridge-regression, logistic-regression], modes: [federated, secure-aggregation, shared-key, separate-keys, encrypted-model, encrypted-data], columns: [a, b, y], ask: false{policy}", log, timeOuts);
        }
        return consortium;
    }

    /// <summary>The config of a participant, with this policy.</summary>
    public void WriteConfig(int k, string policy, string log = "{ level: warning }", string timeOuts = "{ absence: 20s }") => Place.Write(
        $"clinic-{k}.yaml",
        $"home: clinic-{k}\ncoordinator: {{ address: 127.0.0.1:{Port}, name: coordinator }}\ndata: {{ file: rows-{k}.csv }}\napprove: {{ {policy} }}\nlog: {log}\ntime-outs: {timeOuts.Replace("gathering: 60s, ", "", StringComparison.Ordinal).Replace("gathering: 5s, ", "", StringComparison.Ordinal)}\n");

    /// <summary>A model owner who has joined by commands, with a config that approves everything without asking, or as the policy says.</summary>
    public Task JoinModelOwnerAsync(string name = "buyer", string policy = "learners: [ridge-regression], modes: [encrypted-model], columns: [a, b, y], ask: false") => JoinAsync(name, "model-owner", policy);

    /// <summary>A helper, likewise.</summary>
    public Task JoinHelperAsync(string name = "helper", string policy = "learners: [logistic-regression], modes: [encrypted-data], columns: [a, b, y], ask: false") => JoinAsync(name, "helper", policy);

    private async Task JoinAsync(string name, string role, string policy)
    {
        var token = (await Cli.SucceedAsync(Place.Folder, "identity", "invite", name, "--role", role, "--authority", "authority", "--json")).Json.GetProperty("invitation").GetString()!;
        await Cli.SucceedAsync(Place.Folder, "identity", "join", token, "--home", name, "--authority", "authority");
        Place.Write($"{name}.yaml", $"home: {name}\ncoordinator: {{ address: 127.0.0.1:{Port}, name: coordinator }}\napprove: {{ {policy} }}\nlog: {{ level: warning }}\ntime-outs: {{ absence: 20s }}\n");
    }

    /// <summary>Joins a party.</summary>
    public async Task JoinAsync(ConsortiumAuthority authority, string name, PartyRole role)
    {
        var invitation = await authority.InviteAsync(new PartyId(name), role, TimeSpan.FromHours(1), null, CancellationToken.None);
        (await Enrolment.JoinAsync(invitation, Path.Combine(Place[name], "identity"), authority, TimeProvider.System, CancellationToken.None)).Dispose();
    }

    /// <summary>Rounds of the long task: they last longer than a test needs to see the first of them and act.</summary>
    public const int ManyRounds = 30;

    /// <summary>A task over all participants: two features, two classes that overlap.</summary>
    public string WriteTask(int participants = 3, string mode = "federated", string learner = "{ name: logistic-regression, C: 1 }", string stop = "{ rounds: 8, tolerance: 0 }", string preprocessing = "[ standardize ]") => Place.Write(
        "task.yaml",
        $"""
        task: trial
        data:
          target: y
          participants: [ {string.Join(", ", Enumerable.Range(1, participants).Select(k => $"{{ name: clinic-{k}, file: rows-{k}.csv }}"))} ]
          schema:
            a: {"{"} type: num {"}"}
            b: {"{"} type: num {"}"}
            y: {"{"} type: num, values: [0, 1] {"}"}
        preprocessing: {preprocessing}
        learner: {learner}
        privacy: {"{"} mode: {mode} {"}"}
        stop: {stop}

        """);

    /// <summary>A task that goes on for so many rounds of small steps.</summary>
    public string WriteLongTask(int participants = 3, string mode = "federated", int rounds = ManyRounds) =>
        WriteTask(participants, mode, "{ name: logistic-regression, solver: gradient-descent, step: 0.01 }", $"{{ rounds: {rounds}, tolerance: 0 }}");

    /// <summary>Whether a file below a folder holds any of these bytes.</summary>
    public bool Holds(string folder, byte[][] needles)
    {
        var files = Directory.GetFiles(Place[folder], "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray();
        return needles.Any(n => files.Any(f => f.AsSpan().IndexOf(n) >= 0));
    }

    /// <summary>A task whose model is an owner's: ridge regression, descending so many rounds.</summary>
    public void WriteOwnedTask(int rounds, string owner = "buyer")
    {
        WriteTask(mode: $"encrypted-model, key-bits: 2048, model-owner: {owner}", learner: "{ name: ridge-regression, solver: gradient-descent, step: 0.3 }", stop: $"{{ rounds: {rounds} }}");
        Place.Write("task.yaml", File.ReadAllText(Place["task.yaml"]).Replace(", values: [0, 1]", "", StringComparison.Ordinal));
    }

    /// <summary>Starts a process and keeps what it says.</summary>
    public NodeProcess Start(params string[] arguments)
    {
        var process = new NodeProcess(Cli.Start(Place.Folder, arguments), string.Join(' ', arguments));
        _started.Add(process);
        return process;
    }

    public NodeProcess StartCoordinator(params string[] more) => Start(["coordinator", "coordinator.yaml", "--task", "task.yaml", "--out", "results", "--verbose", .. more]);

    public NodeProcess StartModelOwner(string name = "buyer") => Start("model-owner", $"{name}.yaml", "--once");

    public NodeProcess StartHelper(string name = "helper") => Start("helper", $"{name}.yaml", "--once");

    public NodeProcess StartParticipant(int k, params string[] more) => Start(["participant", $"clinic-{k}.yaml", "--once", .. more]);

    /// <summary>
    /// Runs the long task with three participants, kills the coordinator and one participant in its second round, starts both again and waits for
    /// every end. The coordinator's second life.
    /// </summary>
    /// <param name="whileDown">Looks at what the dead have left.</param>
    /// <param name="learner">The learner whose second round it is.</param>
    /// <param name="victim">Starts another party, which is killed in the participant's place; null: nobody else takes part.</param>
    public async Task<NodeProcess> RunThroughKillsAsync(Action? whileDown = null, string learner = "logistic-regression", Func<NodeProcess>? victim = null)
    {
        List<NodeProcess> others = [StartParticipant(1), StartParticipant(3)];
        if (victim is null) victim = () => StartParticipant(2);
        else others.Add(StartParticipant(2));
        var killed = victim();
        var coordinator = StartCoordinator();
        await coordinator.SaysAsync($"{learner}: round 2 ");
        coordinator.Kill();
        await coordinator.EndsAsync(137);
        killed.Kill();
        await killed.EndsAsync(137);
        whileDown?.Invoke();

        coordinator = StartCoordinator();
        await coordinator.SaysAsync("goes on");
        killed = victim();
        await killed.SaysAsync("goes on");
        await coordinator.EndsAsync(0);
        foreach (var party in others.Append(killed)) await party.EndsAsync(0);
        return coordinator;
    }

    public void Dispose()
    {
        foreach (var process in _started) process.Dispose();
        Place.Dispose();
    }

    private void WriteRows(int k)
    {
        var lines = new List<string> { "a,b,y" };
        for (var i = 0; i < 30; i++)
        {
            var (a, b) = ((((i + k) * 7) % 13) - 6, ((((i * 3) + k) * 5 % 11) - 5) / 2.0);
            lines.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{a},{b},{((2 * a) - b + ((i % 5) * 3) - 6 > 0 ? 1 : 0)}"));
        }
        Place.Write($"rows-{k}.csv", string.Join('\n', lines) + "\n");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A node's process, and what it says while it says it.</summary>
public sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly Process _process;
    private readonly string _command;
    private readonly StringBuilder _said = new();
    private readonly Task _reading;
    private TaskCompletionSource _next = NewLine();

    public NodeProcess(Process process, string command)
    {
        (_process, _command) = (process, command);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Everything it has written so far, output and errors.</summary>
    public string Said
    {
        get { lock (_said) return _said.ToString(); }
    }

    /// <summary>Waits until it has said something.</summary>
    public async Task SaysAsync(string words)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var next = Next; !Said.Contains(words, StringComparison.Ordinal); next = Next)
        {
            if (await Task.WhenAny(next, _reading, Task.Delay(Timeout.Infinite, patience.Token)) == next) continue;
            if (Said.Contains(words, StringComparison.Ordinal)) return;
            Assert.Fail($"'{_command}' {(_reading.IsCompleted ? "ended without saying" : "did not say")} '{words}':\n{Said}");
        }
    }

    /// <summary>Waits for its end and insists on the exit code.</summary>
    public async Task EndsAsync(int code)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"'{_command}' does not end:\n{Said}");
        }
        await _reading;
        Assert.True(_process.ExitCode == code, $"'{_command}' ended with {_process.ExitCode}, not {code}:\n{Said}");
    }

    /// <summary>Done with the next line it writes.</summary>
    private Task Next
    {
        get { lock (_said) return _next.Task; }
    }

    private static TaskCompletionSource NewLine() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>As the machine losing power would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>As Ctrl-C or a service manager would.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Makes it stand still until it is let go on.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets it go on after a pause.</summary>
    public void Continue() => Signal("CONT");

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit(5000);
        _process.Dispose();
    }

    private void Signal(string name) => Process.Start("kill", ["-" + name, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.WaitForExit();

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource heard;
            lock (_said)
            {
                _said.AppendLine(line);
                (heard, _next) = (_next, NewLine());
            }
            heard.SetResult();
        }
    }
}
