using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie participant</c>: takes part in the tasks its policy approves.</summary>
internal static class ParticipantCommand
{
    public static Command Create() => PartyCommand.Create(
        PartyRole.Participant, "participant", ParticipantSettings.Load, "The participant's config file.",
        "Connects to a coordinator and takes part in the tasks its policy approves; no file is opened before. Goes on with unfinished runs after a restart.",
        "coterie participant samples/04-three-hospitals/hospital-a.yaml --approve three-hospitals --once");
}
