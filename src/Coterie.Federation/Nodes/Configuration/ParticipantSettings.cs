using System.Collections.Immutable;
using Coterie.Federation.Nodes.Approval;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>The config file of a participant, a helper or a model owner.</summary>
/// <param name="Node">What every node has.</param>
/// <param name="Address">Where the coordinator listens.</param>
/// <param name="Coordinator">The coordinator's name, as its certificate says.</param>
/// <param name="Approve">Which tasks are taken part in.</param>
public sealed record ParticipantSettings(NodeSettings Node, HostPort Address, Core.Parties.PartyId Coordinator, ApprovalPolicy Approve)
{
    /// <summary>Where this party's rows are; null for a party that has none.</summary>
    public DataLocation? Data { get; init; }

    /// <summary>The programs that tasks with an external learner may name; none other is ever run.</summary>
    public ImmutableSortedDictionary<string, AllowedProgram> Programs { get; init; } = ImmutableSortedDictionary.Create<string, AllowedProgram>(StringComparer.Ordinal);

    /// <summary>Reads and checks a participant's config file.</summary>
    /// <exception cref="Tasks.TaskFileException">The file is absent, no YAML, or a field is not as it should be.</exception>
    public static ParticipantSettings Load(string path) => ConfigParser.LoadParty(path, hasData: true);

    /// <summary>Reads and checks the config file of a helper or a model owner: a participant's without <c>data</c>.</summary>
    /// <exception cref="Tasks.TaskFileException">The file is absent, no YAML, or a field is not as it should be.</exception>
    public static ParticipantSettings LoadWithoutData(string path) => ConfigParser.LoadParty(path, hasData: false);
}
