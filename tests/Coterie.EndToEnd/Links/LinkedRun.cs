using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Coterie.Federation.Nodes.Supervision;
using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Privacy;

namespace Coterie.EndToEnd.Links;

/// <summary>A run of processes over TLS, and what went over the lines between them.</summary>
/// <param name="Outcome">The run.</param>
/// <param name="Connections">Connections over slow links; 0 where there were none.</param>
/// <param name="LinkBytes">Bytes over slow links.</param>
internal sealed record LinkedRun(TrainingOutcome Outcome, int Connections, long LinkBytes)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a task with a process per party, as <c>train --processes</c> does, connected directly or over <see cref="SlowLink"/>.</summary>
    /// <exception cref="InvalidOperationException">A party failed.</exception>
    public static async Task<LinkedRun> RunAsync(PreparedTask task, bool isSlow)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var consortium = await LocalConsortium.CreateAsync(task, patience.Token);
        var parties = new List<PartyChild>();
        SlowLink? link = null;
        try
        {
            var own = consortium.Coordinator;
            var coordinator = new PartyChild("coordinator", own.Config, "--task", task.File.File, "--seed", task.Plan.Seed.ToString(CultureInfo.InvariantCulture), "--out", consortium.Results, "--supervised", own.Folder);
            parties.Add(coordinator);
            var address = await coordinator.ListeningAsync(patience.Token);
            if (isSlow) link = new SlowLink(IPEndPoint.Parse(address).Port);
            consortium.Connect(link?.Address ?? address);
            foreach (var party in consortium.Participants) parties.Add(Start("participant", party));
            if (consortium.Named is { } named) parties.Add(Start(ModeCatalogue.NamedPartyFor(task.Mode)!.Key, named));
            foreach (var party in parties) await party.EndAsync(patience.Token);
            return new LinkedRun(consortium.Collect(), link?.Connections ?? 0, link?.Bytes ?? 0);
        }
        finally
        {
            foreach (var party in parties) party.Dispose();
            if (link is not null) await link.DisposeAsync();
        }

        PartyChild Start(string command, LocalParty party) => new(command, party.Config, "--approve", task.File.Name, "--once", "--supervised", party.Folder);
    }

    /// <summary>One party's process.</summary>
    private sealed class PartyChild : IDisposable
    {
        private readonly Process _process;
        private readonly string _command;
        private readonly ConcurrentQueue<string> _errors = new();
        private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task _reading;

        public PartyChild(params string[] arguments)
        {
            var start = new ProcessStartInfo("dotnet")
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            // None lives long, and they are many: little is compiled twice.
            start.Environment["DOTNET_TieredPGO"] = "0";
            start.Environment["DOTNET_TC_CallCountThreshold"] = "400";
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "coterie.dll"));
            foreach (var argument in arguments) start.ArgumentList.Add(argument);
            _command = string.Join(' ', arguments);
            _process = Process.Start(start)!;
            _reading = Task.WhenAll(ReadEventsAsync(), ReadErrorsAsync());
        }

        public Task<string> ListeningAsync(CancellationToken cancellationToken) => _listening.Task.WaitAsync(cancellationToken);

        public async Task EndAsync(CancellationToken cancellationToken)
        {
            await _process.WaitForExitAsync(cancellationToken);
            await _reading.WaitAsync(cancellationToken);
            if (_process.ExitCode != 0) throw new InvalidOperationException($"'{_command}' ended with {_process.ExitCode}: {string.Join('\n', _errors)}");
        }

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }

        private async Task ReadEventsAsync()
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                using var happening = JsonDocument.Parse(line);
                if (happening.RootElement.GetProperty("event").GetString() == "listening") _listening.TrySetResult(happening.RootElement.GetProperty("address").GetString()!);
            }
            _listening.TrySetException(new InvalidOperationException($"'{_command}' ended without listening: {string.Join('\n', _errors)}"));
        }

        private async Task ReadErrorsAsync()
        {
            while (await _process.StandardError.ReadLineAsync() is { } line) _errors.Enqueue(line);
        }
    }
}
