using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie helper</c>: a party without data.</summary>
internal static class HelperCommand
{
    public static Command Create() => PartyCommand.Create(
        PartyRole.Helper, "helper", ParticipantSettings.LoadWithoutData, "The helper's config file.",
        "Connects to a coordinator as a party without data. No mode of this version needs one; it is told so when a task is offered.",
        "coterie helper helper.yaml");
}
