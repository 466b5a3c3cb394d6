using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;

namespace Coterie.Federation.Nodes.Offers;

/// <summary>An offer as its receiver understands it: the task parsed and checked, none of its files touched.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Task">The task in it.</param>
/// <param name="Coordinator">Who offers it.</param>
internal sealed record OfferedTask(TaskOffer Offer, PlannedTask Task, VerifiedParty Coordinator)
{
    /// <summary>The terms a run of it has.</summary>
    public PartyRun Terms => new(Task.Plan, Task.Mode, Offer.Schema) { Offer = Offer.Digest };

    /// <summary>Parses the task. Relative paths in it start from <paramref name="folder"/>, in which nothing is looked at.</summary>
    /// <exception cref="TaskFileException">The task is not one that this version accepts.</exception>
    public static OfferedTask Of(TaskOffer offer, VerifiedParty coordinator, string folder)
    {
        // The file's name in messages is the run: there is no task file on this machine.
        var file = TaskFile.Parse(offer.Task, Path.Combine(folder, offer.Run + ".yaml"));
        var task = PlannedTask.Of(file, offer.Seed);
        if (offer.Schema.Target is null != (task.Plan.Learner.Task == LearningTask.Clustering))
            throw file.Error("data.target", offer.Schema.Target is null ? "the offered columns have no target, which the learner needs." : "the offered columns have a target, which the learner does not use.");
        // Which file belongs to whom must not depend on which of two lists is read.
        if (file.Data.Participants is FileParticipants { Files: var files } && !PartyNames.Sanitise(files.Select(f => f.Name)).SequenceEqual(offer.Participants))
            throw file.Error("data.participants", "the participants of the task are not those it is offered to.");
        task.RequireNamedApart(offer.Participants.Append(coordinator.Party.Id));
        return new OfferedTask(offer, task, coordinator);
    }

    /// <summary>Reads this participant's rows, from where its own config says.</summary>
    /// <exception cref="DataFileException">The file is absent, outside of the configured folder, or not as the offer declares.</exception>
    /// <exception cref="TaskFileException">The task leaves this participant without rows.</exception>
    public ParticipantData ReadRows(PartyId self, DataLocation location)
    {
        var data = Task.File.Data;
        if (data.Participants is FileParticipants { Files: var files })
        {
            var index = PartyNames.Sanitise(files.Select(f => f.Name)).IndexOf(self);
            var file = location.Find(Task.File.Name, index >= 0 ? files[index].File : null);
            // No other name of the task is left that could be opened.
            var own = data with { Participants = new FileParticipants([.. files.Select(f => f with { File = file })]) };
            return Read(Task.File with { Data = own }, self);
        }
        return Read(Task.File with { Data = data with { File = location.Find(Task.File.Name, data.File) } }, self);
    }

    private ParticipantData Read(TaskFile file, PartyId self) => TaskData.LoadOwn(file, Task.Plan.Learner.Task, Offer.Seed, self, Offer.Schema).Participants[0];
}
