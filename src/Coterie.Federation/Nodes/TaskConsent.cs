using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Federation.Data;
using Coterie.Federation.External;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Observability;
using Coterie.Federation.Tasks;
using Coterie.Learning.External;

namespace Coterie.Federation.Nodes;

/// <summary>Decides whether to take part in a task: first the policy, then a person where one is to be asked, and only then the file.</summary>
internal sealed class TaskConsent(NodeContext node, ParticipantSettings settings, ImmutableArray<string> approved)
{
    private readonly SemaphoreSlim _asking = new(1);

    /// <summary>Where relative paths of offered tasks start.</summary>
    public string Folder => settings.Data?.Folder ?? node.Store.Folder;

    /// <summary>
    /// The task as this party understands it, with the program that its own config allows where the learner is one: a command that the task names is
    /// never run here.
    /// </summary>
    /// <exception cref="TaskFileException">The task is not one that this version accepts.</exception>
    /// <exception cref="RunFailedException">It needs a program that is not allowed.</exception>
    public OfferedTask TaskOf(TaskOffer offer, VerifiedParty coordinator)
    {
        var task = OfferedTask.Of(offer, coordinator, Folder);
        if (task.Task.Plan.Learner is not ExternalLearner external || settings.Data is null) return task;
        var name = external.Program ?? task.Task.File.Name;
        if (!settings.Programs.TryGetValue(name, out var program))
            throw new RunFailedException(
                $"its config allows no program '{name}', which the task needs ('external: {{ {name}: [program, argument, ...] }}' there would); a command that a task names is never run");
        var programs = new ExternalPrograms(program.Command, program.Folder, line => NodeLog.ProgramSays(node.Log, offer.Run, line));
        return task with { Task = task.Task with { Plan = task.Task.Plan with { Learner = external with { Programs = programs } } } };
    }

    /// <summary>The rows, or why not; a reason says nothing about rows.</summary>
    public async Task<(ParticipantData? Data, string? Refusal)> DecideAsync(VerifiedParty coordinator, TaskOffer offer, bool wasAccepted, CancellationToken cancellationToken)
    {
        OfferedTask task;
        try
        {
            task = TaskOf(offer, coordinator);
        }
        catch (TaskFileException refused)
        {
            node.Observer.Warn(refused);
            return (null, $"this version does not accept the task: {refused.Problems[0].Field}: {refused.Problems[0].Message}");
        }
        catch (RunFailedException refused)
        {
            return (null, refused.Message);
        }
        var verdict = PolicyJudge.Judge(settings.Approve, task, node.Self);
        if (!verdict.Objections.IsEmpty) return (null, "its policy does not allow the task: " + string.Join(" ", verdict.Objections));
        if (verdict.NeedsConsent && !wasAccepted && !await HasConsentAsync(task, cancellationToken)) return (null, "nobody has agreed to the task there");
        return settings.Data is { } location ? Read(task, location) : (null, null);
    }

    private async Task<bool> HasConsentAsync(OfferedTask task, CancellationToken cancellationToken)
    {
        if (approved.Contains(task.Offer.Run) || approved.Contains(task.Task.File.Name)) return true;
        NodeLog.WaitsForConsent(node.Log, task.Offer.Run);
        await _asking.WaitAsync(cancellationToken);
        try
        {
            return await node.Observer.ConsentAsync(TaskSummary.Of(task), cancellationToken);
        }
        finally
        {
            _asking.Release();
        }
    }

    private (ParticipantData? Data, string? Refusal) Read(OfferedTask task, DataLocation location)
    {
        try
        {
            var data = task.ReadRows(node.Identity.Name, location);
            NodeLog.RowsReady(node.Log, task.Offer.Run, data.Shard.Rows);
            // How many there are is nobody else's business.
            return data.Shard.Rows >= settings.Approve.MinimumRows ? (data, null) : (null, "its policy does not allow the task: minimum-rows: the task leaves too few rows there.");
        }
        catch (Exception refused) when (refused is DataFileException or TaskFileException or ShardException)
        {
            node.Observer.Warn(refused);
            NodeLog.RowsRefused(node.Log, task.Offer.Run, refused.GetType().Name);
            return (null, "its data do not fit the task; it was told there what is wrong");
        }
    }
}
