using System.Collections.Immutable;
using Coterie.Core.Parties;

namespace Coterie.Federation.Training;

/// <summary>The rounds of a run, as told by whoever knows the model: the coordinator, or several participants, of whom the first to tell counts. Thread-safe.</summary>
internal sealed class RunHistory(IProgress<RunProgress>? next) : IProgress<RunProgress>
{
    private readonly Lock _gate = new();
    private readonly HashSet<StepTag> _told = [];
    private readonly List<RoundRecord> _rounds = [];

    public ImmutableArray<RoundRecord> Rounds
    {
        get { lock (_gate) return [.. _rounds]; }
    }

    public void Report(RunProgress value)
    {
        lock (_gate)
        {
            if (!_told.Add(value.Step)) return;
            _rounds.Add(new RoundRecord(value.Stage, value.Step, value.Round, value.Loss, value.Change, value.Survivors));
            // In turn: whoever watches sees rounds in their order.
            next?.Report(value);
        }
    }
}
