using Coterie.Core.Parties;
using Coterie.Federation.Runs;

namespace Coterie.Federation.Nodes;

/// <summary>What a coordinator is asked to run.</summary>
/// <param name="TaskFile">Path of the task file.</param>
/// <param name="Seed">The run's public seed.</param>
/// <param name="Save">Writes the result, before the participants are told that the run has ended.</param>
public sealed record CoordinatorRequest(string TaskFile, ulong Seed, Func<TaskResult, Task> Save)
{
    /// <summary>
    /// Called instead of <see cref="Save"/> in a run whose model is not the coordinator's, with what writes the coordinator's own account of the
    /// run into a folder: what was opened to it, and the rounds.
    /// </summary>
    public Func<Action<string>, Task> SaveAccount { get; init; } = _ => Task.CompletedTask;

    /// <summary>Rounds to prepare, and no more: the run stands still afterwards, and goes on with the next request without this. Null: the run goes to its end.</summary>
    public Preparation? Preparation { get; init; }

    /// <summary>Whether the node goes on answering parties after the run.</summary>
    public bool Stay { get; init; }

    /// <summary>Folder in which whoever supervises this process left the offer, and finds this party's report; null: nobody does.</summary>
    public string? Supervision { get; init; }
}
