using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Coterie.Federation.Models;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Federation.Transports;
using Coterie.Learning.External;
using Coterie.Privacy;
using Google.Protobuf;

namespace Coterie.Federation.Nodes.Supervision;

/// <summary>A party of a local consortium, as a process is to run it.</summary>
/// <param name="Name">The party.</param>
/// <param name="Config">Path of its config file.</param>
/// <param name="Folder">Its folder of exchange.</param>
public sealed record LocalParty(PartyId Name, string Config, string Folder);

/// <summary>
/// A consortium for one run on this machine: an authority, an identity, a home and a config for every party, in a temporary folder that only this
/// user can read. Whoever makes it starts a process per party, and collects what they leave.
/// </summary>
public sealed class LocalConsortium : IDisposable
{
    private readonly PreparedTask _task;
    private readonly DirectoryInfo _folder;

    private LocalConsortium(PreparedTask task, DirectoryInfo folder, LocalParty coordinator, ImmutableArray<LocalParty> participants, LocalParty? named) =>
        (_task, _folder, Coordinator, Participants, Named) = (task, folder, coordinator, participants, named);

    /// <summary>The coordinator; its config is complete.</summary>
    public LocalParty Coordinator { get; }

    /// <summary>The participants, in the task's order; see <see cref="Connect"/>.</summary>
    public ImmutableArray<LocalParty> Participants { get; }

    /// <summary>The helper or the model's owner where the run has one; see <see cref="Connect"/>.</summary>
    public LocalParty? Named { get; }

    private LocalParty? ModelOwner => _task.Mode.ModelOwner is null ? null : Named;

    /// <summary>Where the coordinator is to write its results.</summary>
    public string Results => Path.Combine(_folder.FullName, "results");

    /// <summary>Makes authority, identities and folders.</summary>
    /// <exception cref="IOException">The temporary folder cannot be written.</exception>
    public static async Task<LocalConsortium> CreateAsync(PreparedTask task, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        task.RequireProgram();
        var folder = Directory.CreateTempSubdirectory("coterie-run-");
        try
        {
            using var authority = ConsortiumAuthority.Create(Path.Combine(folder.FullName, "authority"), "local-run", TimeProvider.System);
            async Task<LocalParty> AddAsync(PartyId name, string place, PartyRole role)
            {
                var home = Path.Combine(folder.FullName, place);
                var invitation = await authority.InviteAsync(name, role, TimeSpan.FromHours(1), null, cancellationToken);
                (await Enrolment.JoinAsync(invitation, Path.Combine(home, "identity"), authority, TimeProvider.System, cancellationToken)).Dispose();
                return new LocalParty(name, Path.Combine(home, "config.yaml"), home);
            }
            var coordinator = await AddAsync(FederatedTraining.Coordinator, "coordinator", PartyRole.Coordinator);
            var participants = ImmutableArray.CreateBuilder<LocalParty>();
            foreach (var participant in task.Data.Participants) participants.Add(await AddAsync(participant.Name, "of-" + participant.Name.Name, PartyRole.Participant));
            var other = ModeCatalogue.NamedPartyFor(task.Mode) is { } named ? await AddAsync(named.Id, named.Key, named.Role) : null;
            var offer = new TaskOffer("offer", "", task.Plan.Seed, task.Data.Schema, [.. participants.Select(p => p.Name)], null);
            await File.WriteAllBytesAsync(Path.Combine(coordinator.Folder, SupervisedFiles.Offer), offer.ToMessage().ToByteArray(), cancellationToken);
            await File.WriteAllTextAsync(coordinator.Config, $"home: {Quote(coordinator.Folder)}\nlisten: 127.0.0.1:0\n{Common}", cancellationToken);
            return new LocalConsortium(task, folder, coordinator, participants.ToImmutable(), other);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Writes the configs of the others, once it is known where the coordinator listens.</summary>
    /// <exception cref="ArgumentException">The address is none.</exception>
    public void Connect(string address)
    {
        if (Configuration.HostPort.Parse(address) is not { } endpoint) throw new ArgumentException($"'{address}' is no address and port.", nameof(address));
        for (var k = 0; k < Participants.Length; k++)
        {
            var file = _task.File.Data.Participants is FileParticipants { Files: var files } ? files[k].File : _task.File.Data.File!;
            Write(Participants[k], $"data: {{ file: {Quote(file)} }}\n{Allowed}");
        }
        if (Named is { } named) Write(named, "");

        void Write(LocalParty party, string data) => File.WriteAllText(
            party.Config,
            string.Create(CultureInfo.InvariantCulture, $$"""
                home: {{Quote(party.Folder)}}
                coordinator: { address: "{{endpoint}}", name: {{Coordinator.Name}} }
                approve: { allow-small-roster: {{(_task.Mode.AllowSmallRoster ? "true" : "false")}} }
                {{data}}{{Common}}
                """));
    }

    /// <summary>What the processes left, put together: the run as one that took place in this process.</summary>
    /// <exception cref="IOException">The coordinator left no result, or nobody a model.</exception>
    public TrainingOutcome Collect()
    {
        var own = PartyReportFile.Read(Path.Combine(Coordinator.Folder, SupervisedFiles.Report));
        var models = Models();
        var model = ModelFileReader.Read(models[0]);
        // Who was killed left no report: what the coordinator saw of it has to do.
        var reports = Others.Select(p => Path.Combine(p.Folder, SupervisedFiles.Report)).Where(File.Exists).Select(PartyReportFile.Read).Append(own).ToDictionary(r => r.Party);
        var traffic = new TrafficMeter();
        foreach (var party in own.Roster.Parties)
        {
            var report = reports.GetValueOrDefault(party.Id, own);
            foreach (var (step, amount) in report.Traffic.SentByStep(party.Id)) traffic.AddSent(party.Id, step, amount);
            foreach (var (step, amount) in report.Traffic.ReceivedByStep(party.Id)) traffic.AddReceived(party.Id, step, amount);
        }
        // Who knows the model has more to tell of the rounds.
        var history = Participants.Select(p => reports.GetValueOrDefault(p.Name)?.History ?? []).FirstOrDefault(h => !h.IsEmpty, own.History);
        return own.ToOutcome(model) with
        {
            History = history,
            Openings = own.Roster.Parties.ToImmutableSortedDictionary(p => p.Id, p => reports.GetValueOrDefault(p.Id)?.Openings ?? []),
            Traffic = traffic,
            Times = own.Roster.Parties.ToImmutableSortedDictionary(p => p.Id, p => reports.GetValueOrDefault(p.Id)?.Times ?? new TimeLedger(TimeProvider.System)),
        };
    }

    /// <summary>Everybody but the coordinator.</summary>
    private IEnumerable<LocalParty> Others => Named is { } named ? Participants.Append(named) : Participants;

    /// <summary>The coordinator's model; in a mode that hides it from the coordinator its owner's, or those of the participants, which are one.</summary>
    private string[] Models()
    {
        var own = Path.Combine(Results, "model.json");
        if (File.Exists(own) || (ModelOwner is null && !ModeCatalogue.Find(_task.Mode.Mode)!.HidesModel)) return [own];
        string[] theirs =
        [
            .. (ModelOwner is { } owner ? [owner] : Participants).Select(p => Path.Combine(p.Folder, "results"))
                .Where(Directory.Exists).SelectMany(f => Directory.GetFiles(f, "model.json", SearchOption.AllDirectories)),
        ];
        if (theirs.Length == 0) throw new IOException(ModelOwner is null ? "no participant has left a model" : $"{ModelOwner.Name} has left no model");
        var first = File.ReadAllBytes(theirs[0]);
        return theirs.All(t => File.ReadAllBytes(t).AsSpan().SequenceEqual(first)) ? theirs : throw new IOException("the participants have left different models");
    }

    /// <summary>Removes everything, keys first of all.</summary>
    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>On this machine the user who wrote the task is the one who owns the participants: what the task names is allowed.</summary>
    private string Allowed => _task.Plan.Learner is ExternalLearner external
        ? $"external: {{ {Quote(external.Program ?? _task.File.Name)}: {{ command: [{string.Join(", ", external.Command.Select(Quote))}], folder: {Quote(Path.GetDirectoryName(Path.GetFullPath(_task.File.File))!)} }} }}\n"
        : "";

    private const string Common = "time-outs: { absence: 20s }\nlog: { level: warning }\n";

    /// <summary>As a YAML double-quoted scalar.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (char.IsControl(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
