using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie helper</c>: a party without data that computes on shares together with the coordinator.</summary>
internal static class HelperCommand
{
    public static Command Create() => PartyCommand.Create(
        PartyRole.Helper, "helper", ParticipantSettings.LoadWithoutData, "The helper's config file: a participant's without data.",
        "Connects to a coordinator as the helper of the tasks that name it as such and that its policy approves, in the mode encrypted-data. Its shares and the coordinator's together are the rows: it must be run by somebody else. Goes on with unfinished runs after a restart.",
        "coterie helper helper.yaml --approve readmissions --once");
}
