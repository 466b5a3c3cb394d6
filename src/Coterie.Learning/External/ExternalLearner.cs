using System.Collections.Immutable;
using System.Globalization;
using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.External;

/// <summary>
/// Federated averaging (McMahan, Moore, Ramage, Hampson, Aguera y Arcas 2017) of what programs of the participants train: in every round each
/// participant's program gets the model and gives back its own, and the model becomes their mean, weighted by rows. The learner itself starts nothing:
/// a party's programs come with <see cref="Programs"/>, which no catalogue, task or model file gives.
/// </summary>
/// <param name="Blocks">Entries of every block, by name.</param>
/// <param name="Bound">No entry that a program gives exceeds it in absolute value; above 0.</param>
/// <param name="Task">What is predicted.</param>
public sealed record ExternalLearner(ImmutableSortedDictionary<string, int> Blocks, double Bound, LearningTask Task) : ILearner<ExternalModel>
{
    /// <summary>Blocks of a contribution beside the model's.</summary>
    internal const string Share = "share", Loss = "loss";

    /// <summary>The name under which a participant's config allows a program; null: the task's own.</summary>
    public string? Program { get; init; }

    /// <summary>What a local run of the task starts; nothing else ever does.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>How long a program may take for an answer.</summary>
    public TimeSpan TimeOut { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The largest loss per row that a program may report; null: losses are not asked for.</summary>
    public double? LossBound { get; init; }

    /// <summary>What this party allows to be run; null: nothing.</summary>
    public IExternalPrograms? Programs { get; init; }

    /// <summary>The training that goes on; null outside of one.</summary>
    private IExternalTraining? Training { get; init; }

    /// <summary>Entries of all blocks.</summary>
    public int Entries => Blocks.Values.Sum();

    /// <inheritdoc/>
    public string Name => "external";

    /// <inheritdoc/>
    public string Terms =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} averaging task={Task} program={Program} bound={Bound:R} loss-bound={LossBound:R} blocks={string.Join(',', Blocks.Select(b => $"{b.Key}:{b.Value}"))}");

    /// <inheritdoc/>
    public StopRule DefaultStop => new(20, null);

    /// <inheritdoc/>
    public bool ToleratesSampling => true;

    /// <summary>This learner with what it needs to train; null where this party runs no program. Disposing the training ends what was started.</summary>
    /// <param name="cancellationToken">Ends waiting for a program.</param>
    public (ExternalLearner Learner, IDisposable Training)? Begin(CancellationToken cancellationToken) =>
        Programs?.Begin(cancellationToken) is { } training ? (this with { Training = training }, training) : null;

    /// <summary>Zeros: where a program wants to begin elsewhere, it does in round 0.</summary>
    public ExternalModel Initialize(Schema schema, ulong seed) =>
        new(new Blocks<Matrix>([.. Blocks.Keys], [.. Blocks.Values.Select(size => Matrix.Zero(size, 1))]));

    /// <inheritdoc/>
    public Blocks<Matrix> Pack(ExternalModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Parameters;
    }

    /// <inheritdoc/>
    public ExternalModel Unpack(Schema schema, Blocks<Matrix> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Count != Blocks.Count) throw new ArgumentException($"{parameters.Count} blocks; {Blocks.Count} expected: {string.Join(", ", Blocks.Keys)}.", nameof(parameters));
        return new ExternalModel(new Blocks<Matrix>([.. Blocks.Keys], [.. Blocks.Select(b => parameters.Require(b.Key, b.Value, 1))]));
    }

    /// <summary>
    /// A block (n x 1) is a program's times its participant's share of the rows, at most W times the bound; <c>share</c> (1 x 1) is the weight of the
    /// shard's rows over n, all rows rounded up to a power of two; <c>loss</c> (1 x 1), where it is asked for, the loss per row times the share.
    /// </summary>
    public ImmutableArray<BlockSpec> Layout(Schema schema, ExternalModel model, Round round)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var weight = LinearRows.Positive(schema.WeightBound);
        ImmutableArray<BlockSpec> layout = [.. Blocks.Select(b => new BlockSpec(b.Key, b.Value, 1, weight * Bound)), new(Share, 1, 1, weight)];
        return LossBound is { } most ? layout.Add(new BlockSpec(Loss, 1, 1, weight * most)) : layout;
    }

    /// <summary>The rows go to this party's program.</summary>
    /// <exception cref="InvalidOperationException">No training has begun with a program that this party allows.</exception>
    /// <exception cref="ShardException">The target is not one for the task.</exception>
    public ILocal<ExternalModel> Open(Schema schema, Shard shard)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(shard);
        RequireTarget(schema);
        return new ExternalLocal(this, schema, shard, Training ?? throw new InvalidOperationException("No program of this party's is allowed to train."));
    }

    /// <inheritdoc/>
    public Step<ExternalModel> Update(Schema schema, ExternalModel model, Blocks<Matrix> total, Round round)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(total);
        var share = total[Share][0, 0];
        if (!(share > 0)) return new Step<ExternalModel>(model, Done: true, 0);
        var next = new ExternalModel(model.Parameters with { Values = [.. model.Parameters.Names.Select(name => 1 / share * total[name])] });
        double step = 0, length = 0;
        for (var i = 0; i < next.Parameters.Count; i++)
        {
            step += TensorPrimitives.SumOfSquares((next.Parameters.Values[i] - model.Parameters.Values[i]).Values);
            length += TensorPrimitives.SumOfSquares(next.Parameters.Values[i].Values);
        }
        return new Step<ExternalModel>(next, Done: false, Math.Sqrt(step) / Math.Max(1, Math.Sqrt(length)), LossBound is null ? null : total[Loss][0, 0] / share);
    }

    /// <summary>What the program makes of the model and the rows.</summary>
    /// <exception cref="InvalidOperationException">This party allows no program.</exception>
    /// <exception cref="ExternalProgramException">The program did not do as asked.</exception>
    public Matrix Predict(Schema schema, ExternalModel model, Matrix features)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(features);
        RequireTarget(schema);
        return (Programs ?? throw new InvalidOperationException("No program of this party's is allowed to predict.")).Predict(this, schema, model.Parameters, features);
    }

    private void RequireTarget(Schema schema)
    {
        var (fits, expected) = Task switch
        {
            LearningTask.Regression => (schema.Target is not null && schema.ClassCount == 0, "a number"),
            LearningTask.BinaryClassification => (schema.ClassCount == 2, "two classes"),
            _ => (schema.ClassCount >= 2, "classes"),
        };
        if (!fits) throw new ShardException($"The target has {(schema.ClassCount == 0 ? "no" : schema.ClassCount)} classes; the task of the external learner expects {expected}.", schema.Target?.Name);
    }
}
