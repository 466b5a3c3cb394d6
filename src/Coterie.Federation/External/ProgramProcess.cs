using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.External;

namespace Coterie.Federation.External;

/// <summary>A program that runs: one line in, one line out, each exchange within its time. Whatever goes wrong ends it; not for several threads at once.</summary>
internal sealed class ProgramProcess : IExternalProgram, IDisposable
{
    /// <summary>For a program that was asked to end by itself.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly ExternalLearner _learner;
    private readonly Process _process;
    private readonly Stream _input;
    private readonly BoundedLines _output;
    private readonly ProgramErrors _errors;
    private readonly Thread _draining;
    private readonly CancellationToken _stop;
    private bool _isOver;

    private ProgramProcess(ProgramCommand command, ExternalLearner learner, Process process, Action<string>? log, CancellationToken stop)
    {
        (Command, _learner, _process, _stop) = (command.ToString(), learner, process, stop);
        _input = process.StandardInput.BaseStream;
        _output = new BoundedLines(process.StandardOutput.BaseStream);
        _errors = new ProgramErrors(process.StandardError.BaseStream, log);
        _draining = new Thread(_errors.Drain) { IsBackground = true, Name = "standard error of a program" };
        _draining.Start();
    }

    public string Command { get; }

    /// <summary>Starts a program and introduces the task to it.</summary>
    /// <exception cref="ExternalProgramException">It cannot be started, or does not answer as it should.</exception>
    public static ProgramProcess Start(ProgramCommand command, ExternalLearner learner, Schema schema, int rows, Action<string>? log, CancellationToken stop)
    {
        var program = new ProgramProcess(command, learner, Launch(command), log, stop);
        try
        {
            program.Exchange(
                "at the start", null, json => ProgramRequests.Hello(json, learner, schema, rows),
                ProgramAnswers.MaximumBytes(0), "{\"protocol\": 1}", ProgramAnswers.Hello);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>Hands it its rows.</summary>
    /// <exception cref="ExternalProgramException">It does not answer as it should.</exception>
    public void Take(Shard shard) => Exchange(
        "when it was given its rows", null, json => ProgramRequests.Rows(json, shard), ProgramAnswers.MaximumBytes(0),
        string.Create(CultureInfo.InvariantCulture, $"{{\"rows\": {shard.Rows}}}"), answer => ProgramAnswers.Rows(answer, shard.Rows));

    public ExternalAnswer Train(Round round, Blocks<Matrix> model) => Exchange(
        string.Create(CultureInfo.InvariantCulture, $"in round {round.Index}"), round.Index, json => ProgramRequests.Round(json, round, model),
        ProgramAnswers.MaximumBytes(_learner.Entries),
        string.Create(CultureInfo.InvariantCulture, $"round {round.Index} and blocks of {string.Join(", ", _learner.Blocks.Take(8).Select(b => $"{b.Key}: {b.Value}"))} finite numbers{(_learner.LossBound is null ? "" : " and a loss")}"),
        answer => ProgramAnswers.Round(answer, round, _learner));

    /// <summary>Predictions for rows.</summary>
    /// <exception cref="ExternalProgramException">It does not answer as it should.</exception>
    public Matrix Predict(Blocks<Matrix> model, Matrix features, int classes) => Exchange(
        "when it was to predict", null, json => ProgramRequests.Predict(json, model, features),
        ProgramAnswers.MaximumBytes((long)features.Rows * Math.Max(1, classes)),
        string.Create(CultureInfo.InvariantCulture, $"{features.Rows} predictions{(classes > 2 ? $" of {classes} probabilities" : classes == 2 ? " from 0 to 1" : "")}"),
        answer => ProgramAnswers.Predictions(answer, features.Rows, classes));

    /// <summary>Lets it end by itself for a moment, then kills it and what it has started.</summary>
    public void Dispose()
    {
        if (!_isOver)
        {
            _isOver = true;
            var leaving = Task.Factory.StartNew(
                () =>
                {
                    Write(ProgramRequests.End);
                    _input.Close();
                    _process.WaitForExit((int)Farewell.TotalMilliseconds);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Task.WaitAny([leaving], Farewell);
            Observe(leaving);
        }
        Kill();
        _draining.Join(Farewell);
        _process.Dispose();
    }

    private static Process Launch(ProgramCommand command)
    {
        var file = command.FindFile()
            ?? throw new ExternalProgramException(command.ToString(), $"The program '{command.Words[0]}' is not there, or may not be run; a path from {command.Folder}, or a name that PATH finds, is expected.");
        var start = new ProcessStartInfo(file)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = command.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Words.Skip(1)) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failed)
        {
            throw new ExternalProgramException(command.ToString(), $"The program '{command}' could not be started: {failed.Message}", failed);
        }
    }

    private T Exchange<T>(string when, int? round, Action<Utf8JsonWriter> request, int maximumBytes, string expected, Func<JsonElement, T> read)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        if (_output.HasMore) throw Fail(when, round, "had written more than one line before it was asked", expected);
        // Pipes cannot be waited for with a time-out: a thread waits, and the end of the program ends it.
        var exchange = Task.Factory.StartNew(() => Ask(request, maximumBytes, read), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            if (Task.WaitAny([exchange], (int)_learner.TimeOut.TotalMilliseconds, _stop) < 0)
            {
                Observe(exchange);
                throw Fail(when, round, string.Create(CultureInfo.InvariantCulture, $"said nothing for {_learner.TimeOut.TotalSeconds} s"), expected);
            }
            return exchange.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            Observe(exchange);
            _isOver = true;
            Kill();
            throw;
        }
        catch (FormatException wrong)
        {
            throw Fail(when, round, $"gave {wrong.Message}", expected, wrong);
        }
        catch (InvalidDataException)
        {
            throw Fail(when, round, string.Create(CultureInfo.InvariantCulture, $"wrote a line of more than {maximumBytes} bytes"), expected);
        }
        catch (ProgramErrorException told)
        {
            throw Fail(when, round, $"reported an error ({told.Message})", expected);
        }
        catch (IOException broken)
        {
            throw Fail(when, round, HowItEnded(), expected, broken);
        }
    }

    private T Ask<T>(Action<Utf8JsonWriter> request, int maximumBytes, Func<JsonElement, T> read)
    {
        Write(request);
        var line = _output.Read(maximumBytes) ?? throw new EndOfStreamException();
        try
        {
            using var answer = ProgramAnswers.Parse(line);
            return read(answer.RootElement);
        }
        catch (InvalidOperationException broken)
        {
            // Half of a surrogate pair, which JSON can spell and no text can hold.
            throw new FormatException("a text that is no Unicode", broken);
        }
    }

    private void Write(Action<Utf8JsonWriter> request)
    {
        using (var json = new Utf8JsonWriter(_input)) request(json);
        _input.WriteByte((byte)'\n');
        _input.Flush();
    }

    private string HowItEnded() => _process.WaitForExit(Farewell)
        ? string.Create(CultureInfo.InvariantCulture, $"had ended with exit code {_process.ExitCode}")
        : "had closed its standard output or input";

    private ExternalProgramException Fail(string when, int? round, string what, string expected, Exception? inner = null)
    {
        _isOver = true;
        Kill();
        // What it said last has usually arrived by now, and is for people only.
        _draining.Join(TimeSpan.FromMilliseconds(200));
        return new ExternalProgramException(Command, $"The program '{Command}' {what} {when}; {expected} expected.", inner) { Round = round, LastLines = _errors.Last };
    }

    private void Kill()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Nobody waits for it any more.</summary>
    private static void Observe(Task task) => _ = task.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
