using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie model-owner</c>: owns the models of the tasks its policy approves.</summary>
internal static class ModelOwnerCommand
{
    private static readonly Argument<string> Config = new("CONFIG.yaml") { Description = "The model owner's config file: a participant's without data." };
    private static readonly Option<string[]> Approve = new("--approve") { Description = "Agree to the run or task of that name without asking; the policy's limits hold all the same.", HelpName = "NAME" };
    private static readonly Option<bool> Once = new("--once") { Description = "End with the first run that ends." };
    private static readonly Option<string?> Supervised = Supervision.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "model-owner", "Connects to a coordinator as the owner of the model in the tasks that name it as such and that its policy approves, and keeps the models. Goes on with unfinished runs after a restart.",
            "coterie model-owner buyer.yaml --approve readmissions --once")
        { Config, Approve, Once, Supervised };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => PartyRunner.RunAsync(
            ParticipantSettings.LoadWithoutData(parsed.GetRequiredValue(Config)), PartyRole.ModelOwner,
            new PartyRequest { Approved = [.. parsed.GetValue(Approve) ?? []], Once = parsed.GetValue(Once), Supervision = parsed.GetValue(Supervised) }, context, stop)));
        return command;
    }
}
