using System.CommandLine;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Configuration;

namespace Coterie.Cli.Nodes;

/// <summary>A command that runs a party which connects to a coordinator; parties differ in their role and in whether their config names data.</summary>
internal static class PartyCommand
{
    /// <summary>The command of a role.</summary>
    /// <param name="role">As its certificate says.</param>
    /// <param name="name">Of the command.</param>
    /// <param name="load">Reads the config file.</param>
    /// <param name="config">What the help says of the config file.</param>
    /// <param name="description">What the help says of the command.</param>
    /// <param name="example">A line to type as it is.</param>
    public static Command Create(PartyRole role, string name, Func<string, ParticipantSettings> load, string config, string description, string example)
    {
        var path = new Argument<string>("CONFIG.yaml") { Description = config };
        var approve = new Option<string[]>("--approve") { Description = "Agree to the run or task of that name without asking; the policy's limits hold all the same.", HelpName = "NAME" };
        var once = new Option<bool>("--once") { Description = "End with the first run that ends." };
        var supervised = Supervision.Option();
        var command = new ExampleCommand(name, description, example) { path, approve, once, supervised };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => PartyRunner.RunAsync(
            load(parsed.GetRequiredValue(path)), role,
            new PartyRequest { Approved = [.. parsed.GetValue(approve) ?? []], Once = parsed.GetValue(once), Supervision = parsed.GetValue(supervised) }, context, stop)));
        return command;
    }
}
