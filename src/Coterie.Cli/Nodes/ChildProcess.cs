using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Coterie.Cli.Nodes;

/// <summary>A party that runs as a process of this program. Closing its standard input ends it; disposing kills it.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int LinesKept = 40;
    private readonly Process _process;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _reading;

    public ChildProcess(string name, bool verbose, params string[] arguments)
    {
        Name = name;
        _process = OwnProgram.Start(arguments, withInput: true);
        _reading = Task.WhenAll(ReadEventsAsync(), ReadErrorsAsync(verbose));
    }

    /// <summary>The party.</summary>
    public string Name { get; }

    /// <summary>Whether there is no run without it.</summary>
    public bool IsNeeded { get; init; }

    /// <summary>What it reports; completes when it ends.</summary>
    public ChannelReader<JsonElement> Events => _events.Reader;

    /// <summary>The problems it told, without the word that introduces them.</summary>
    public string[] Problems => OwnProgram.Problems(_errors);

    /// <summary>Waits for its end; the exit code, above 128 where a signal ended it.</summary>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await _reading.WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>What is known about an end that was none of its own.</summary>
    public string Describe(int code) => code > 128
        ? $"{Name} (process {_process.Id}) was killed by signal {code - 128}"
        : $"{Name} (process {_process.Id}) ended with {code}: {(Problems is { Length: > 0 } problems ? string.Join(" ", problems) : _errors.LastOrDefault() ?? "it said nothing")}";

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
        _process.Dispose();
    }

    private async Task ReadEventsAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                using var document = JsonDocument.Parse(line);
                _events.Writer.TryWrite(document.RootElement.Clone());
            }
            _events.Writer.TryComplete();
        }
        catch (Exception failed) when (failed is JsonException or IOException or ObjectDisposedException)
        {
            _events.Writer.TryComplete(failed as IOException ?? new IOException($"{Name} wrote what is no report of progress.", failed));
        }
    }

    private async Task ReadErrorsAsync(bool verbose)
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _errors.Enqueue(line);
            while (_errors.Count > LinesKept) _errors.TryDequeue(out _);
            if (verbose) await Console.Error.WriteLineAsync($"{Name}: {line}");
        }
    }
}
