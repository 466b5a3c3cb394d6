using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
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
public sealed record LocalParty(PartyId Name, string Config, string Folder)
{
    /// <summary>Whether its part in the run is over and its report written: it need not be started again.</summary>
    public bool HasEnded => File.Exists(Path.Combine(Folder, SupervisedFiles.Report));
}

/// <summary>
/// A consortium for one run on this machine: an authority, an identity, a home and a config for every party, in a folder that only this user can read: a temporary one, or one that is kept, so
/// that the run can be gone on with. Whoever makes it starts a process per party, and collects what they leave.
/// </summary>
public sealed class LocalConsortium : IDisposable
{
    private readonly PreparedTask _task;
    private readonly DirectoryInfo _folder;
    private readonly bool _isKept;

    private LocalConsortium(PreparedTask task, DirectoryInfo folder, bool isKept, LocalParty coordinator, ImmutableArray<LocalParty> participants, LocalParty? named) =>
        (_task, _folder, _isKept, Coordinator, Participants, Named) = (task, folder, isKept, coordinator, participants, named);

    /// <summary>The coordinator; its config is complete.</summary>
    public LocalParty Coordinator { get; }

    /// <summary>The participants, in the task's order; see <see cref="Connect"/>.</summary>
    public ImmutableArray<LocalParty> Participants { get; }

    /// <summary>The helper or the model's owner where the run has one; see <see cref="Connect"/>.</summary>
    public LocalParty? Named { get; }

    private LocalParty? ModelOwner => _task.Mode.ModelOwner is null ? null : Named;

    /// <summary>Where everything is.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Where the coordinator is to write its results.</summary>
    public string Results => Path.Combine(_folder.FullName, "results");

    /// <summary>Makes authority, identities and folders, in a temporary folder.</summary>
    /// <exception cref="IOException">The temporary folder cannot be written.</exception>
    public static Task<LocalConsortium> CreateAsync(PreparedTask task, CancellationToken cancellationToken) => CreateAsync(task, null, cancellationToken);

    /// <summary>Makes authority, identities and folders.</summary>
    /// <param name="task">What is run.</param>
    /// <param name="kept">A folder that is not there yet and stays when this object is disposed of; null: a temporary one, which goes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<LocalConsortium> CreateAsync(PreparedTask task, string? kept, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        task.RequireProgram();
        var folder = kept is null ? Directory.CreateTempSubdirectory("coterie-run-") : OwnFolder(kept);
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
            foreach (var participant in task.Data.Participants) participants.Add(await AddAsync(participant.Name, PlaceOf(participant.Name), PartyRole.Participant));
            var other = ModeCatalogue.NamedPartyFor(task.Mode) is { } named ? await AddAsync(named.Id, named.Key, named.Role) : null;
            var offer = new TaskOffer("offer", "", task.Plan.Seed, task.Data.Schema, [.. participants.Select(p => p.Name)], null);
            await File.WriteAllBytesAsync(Path.Combine(coordinator.Folder, SupervisedFiles.Offer), offer.ToMessage().ToByteArray(), cancellationToken);
            var common = kept is null ? Common : KeptCommon;
            await File.WriteAllTextAsync(coordinator.Config, $"home: {Quote(coordinator.Folder)}\nlisten: 127.0.0.1:0\n{common}", cancellationToken);
            // Last: a folder without it is half made.
            if (kept is not null) await File.WriteAllTextAsync(Path.Combine(folder.FullName, TaskName), DigestOf(task), cancellationToken);
            return new LocalConsortium(task, folder, kept is not null, coordinator, participants.ToImmutable(), other);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Opens a folder that was kept; see <see cref="IsFor"/>.</summary>
    public static LocalConsortium Open(PreparedTask task, string kept)
    {
        ArgumentNullException.ThrowIfNull(task);
        var folder = new DirectoryInfo(Path.GetFullPath(kept));
        LocalParty Party(PartyId name, string place)
        {
            var home = Path.Combine(folder.FullName, place);
            return new LocalParty(name, Path.Combine(home, "config.yaml"), home);
        }
        return new LocalConsortium(
            task, folder, isKept: true, Party(FederatedTraining.Coordinator, "coordinator"), [.. task.Data.Participants.Select(p => Party(p.Name, PlaceOf(p.Name)))],
            ModeCatalogue.NamedPartyFor(task.Mode) is { } named ? Party(named.Id, named.Key) : null);
    }

    /// <summary>Whether a folder holds a consortium that was kept.</summary>
    public static bool IsKept(string folder) => File.Exists(Path.Combine(folder, TaskName));

    /// <summary>Whether a folder that was kept is for this task, to the letter of its file, and its seed and participants.</summary>
    public static bool IsFor(PreparedTask task, string folder)
    {
        ArgumentNullException.ThrowIfNull(task);
        return File.ReadAllText(Path.Combine(folder, TaskName)) == DigestOf(task);
    }

    /// <summary>Removes everything, keys first of all.</summary>
    public void Delete() => _folder.Delete(recursive: true);

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

    /// <summary>Removes everything, but where it is to be kept.</summary>
    public void Dispose()
    {
        if (!_isKept) Delete();
    }

    private static string PlaceOf(PartyId participant) => "of-" + participant.Name;

    private static DirectoryInfo OwnFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(Path.GetFullPath(path))
        : Directory.CreateDirectory(Path.GetFullPath(path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static string DigestOf(PreparedTask task)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(task.File.File));
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n{task.Plan.Seed} {string.Join(' ', task.Data.Participants.Select(p => p.Name))}")));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>On this machine the user who wrote the task is the one who owns the participants: what the task names is allowed.</summary>
    private string Allowed => _task.Plan.Learner is ExternalLearner external
        ? $"external: {{ {Quote(external.Program ?? _task.File.Name)}: {{ command: [{string.Join(", ", external.Command.Select(Quote))}], folder: {Quote(Path.GetDirectoryName(Path.GetFullPath(_task.File.File))!)} }} }}\n"
        : "";

    /// <summary>The file that says which task a folder was kept for.</summary>
    private const string TaskName = "task";

    /// <summary>What was prepared waits for a month.</summary>
    private const string KeptCommon = "time-outs: { absence: 20s, deadline: 30d }\nlog: { level: warning }\n";

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
