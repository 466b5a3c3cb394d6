using System.CommandLine;
using Coterie.Cli.Nodes;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie participant</c>: takes part in the tasks its policy approves.</summary>
internal static class ParticipantCommand
{
    private static readonly Argument<string> Config = new("CONFIG.yaml") { Description = "The participant's config file." };
    private static readonly Option<string[]> Approve = new("--approve") { Description = "Agree to the run or task of that name without asking; the policy's limits hold all the same.", HelpName = "NAME" };
    private static readonly Option<bool> Once = new("--once") { Description = "End with the first run that ends." };
    private static readonly Option<string?> Supervised = Supervision.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "participant", "Connects to a coordinator and takes part in the tasks its policy approves; no file is opened before. Goes on with unfinished runs after a restart.",
            "coterie participant samples/04-three-hospitals/hospital-a.yaml --approve three-hospitals --once")
        { Config, Approve, Once, Supervised };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => PartyRunner.RunAsync(
            ParticipantSettings.Load(parsed.GetRequiredValue(Config)), PartyRole.Participant,
            new PartyRequest { Approved = [.. parsed.GetValue(Approve) ?? []], Once = parsed.GetValue(Once), Supervision = parsed.GetValue(Supervised) }, context, stop)));
        return command;
    }
}
