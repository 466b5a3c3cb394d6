using System.Collections.Concurrent;
using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.External;

namespace Coterie.Federation.External;

/// <summary>
/// A program that this party's own user has named: in the task file of a local run, in a participant's config, or on the command line. There is no other
/// way to one, so that neither a task that somebody offers nor a model file can bring a command of its own.
/// </summary>
public sealed class ExternalPrograms : IExternalPrograms, IDisposable
{
    private readonly ProgramCommand _command;
    private readonly Action<string>? _log;
    private readonly Lock _lock = new();
    private (ExternalLearner Learner, Schema Schema, ProgramProcess Process)? _predictor;

    /// <param name="words">The program, then its arguments; no shell reads them.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="log">Takes what it writes to standard error, line by line and bounded; from another thread.</param>
    /// <exception cref="ArgumentException">There is no program.</exception>
    public ExternalPrograms(ImmutableArray<string> words, string folder, Action<string>? log = null)
    {
        if (words is not [{ Length: > 0 }, ..]) throw new ArgumentException("A command begins with a program.", nameof(words));
        (_command, _log) = (new ProgramCommand(words, folder), log);
    }

    /// <inheritdoc/>
    public string Command => _command.ToString();

    /// <summary>The learner with these programs where it is an external one; any other as it is.</summary>
    public static ILearner Allow(ILearner learner, IExternalPrograms? programs) => learner is ExternalLearner external ? external with { Programs = programs } : learner;

    /// <inheritdoc/>
    public IExternalTraining Begin(CancellationToken cancellationToken) => new Training(this, cancellationToken);

    /// <inheritdoc/>
    public Matrix Predict(ExternalLearner learner, Schema schema, Blocks<Matrix> model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(features);
        if (features.Rows == 0) return Matrix.Zero(0, schema.ClassCount > 2 ? schema.ClassCount : 1);
        lock (_lock)
        {
            var process = Predictor(learner, schema);
            try
            {
                return process.Predict(model, features, schema.ClassCount);
            }
            catch (ExternalProgramException)
            {
                Forget();
                throw;
            }
        }
    }

    /// <summary>Ends the program that was kept for further predictions.</summary>
    public void Dispose()
    {
        lock (_lock) Forget();
    }

    /// <summary>Starting an interpreter with its libraries takes longer than predicting: one is kept as long as the questions are of the same kind.</summary>
    private ProgramProcess Predictor(ExternalLearner learner, Schema schema)
    {
        if (_predictor is { } kept && kept.Learner.Terms == learner.Terms && kept.Schema == schema) return kept.Process;
        Forget();
        var process = Start(learner, schema, null, CancellationToken.None);
        _predictor = (learner, schema, process);
        return process;
    }

    private void Forget()
    {
        _predictor?.Process.Dispose();
        _predictor = null;
    }

    private ProgramProcess Start(ExternalLearner learner, Schema schema, Shard? shard, CancellationToken cancellationToken)
    {
        ProgramProcess? process = null;
        try
        {
            process = ProgramProcess.Start(_command, learner, schema, shard?.Rows ?? 0, _log, cancellationToken);
            if (shard is not null) process.Take(shard);
            return process;
        }
        catch
        {
            process?.Dispose();
            throw;
        }
    }

    private sealed class Training(ExternalPrograms programs, CancellationToken cancellationToken) : IExternalTraining
    {
        private readonly ConcurrentBag<ProgramProcess> _started = [];

        public IExternalProgram Start(ExternalLearner learner, Schema schema, Shard shard)
        {
            var process = programs.Start(learner, schema, shard, cancellationToken);
            _started.Add(process);
            return process;
        }

        public void Dispose()
        {
            foreach (var process in _started) process.Dispose();
        }
    }
}
