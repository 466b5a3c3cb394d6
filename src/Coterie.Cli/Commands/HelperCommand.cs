using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie helper</c>: a party without data.</summary>
internal static class HelperCommand
{
    private static readonly Argument<string> Config = new("CONFIG.yaml") { Description = "The helper's config file." };
    private static readonly Option<string[]> Approve = new("--approve") { Description = "Agree to the run or task of that name without asking; the policy's limits hold all the same.", HelpName = "NAME" };
    private static readonly Option<bool> Once = new("--once") { Description = "End with the first run that ends." };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "helper", "Connects to a coordinator as a party without data. No mode of this version needs one; it is told so when a task is offered.",
            "coterie helper helper.yaml")
        { Config, Approve, Once };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => PartyRunner.RunAsync(
            ParticipantSettings.LoadWithoutData(parsed.GetRequiredValue(Config)), PartyRole.Helper,
            new PartyRequest { Approved = [.. parsed.GetValue(Approve) ?? []], Once = parsed.GetValue(Once) }, context, stop)));
        return command;
    }
}
