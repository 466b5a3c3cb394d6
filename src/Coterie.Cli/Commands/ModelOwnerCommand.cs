using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie model-owner</c>: owns the models of the tasks its policy approves.</summary>
internal static class ModelOwnerCommand
{
    public static Command Create() => PartyCommand.Create(
        PartyRole.ModelOwner, "model-owner", ParticipantSettings.LoadWithoutData, "The model owner's config file: a participant's without data.",
        "Connects to a coordinator as the owner of the model in the tasks that name it as such and that its policy approves, and keeps the models. Goes on with unfinished runs after a restart.",
        "coterie model-owner buyer.yaml --approve readmissions --once");
}
