using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity revoke</c>: a party is no longer one.</summary>
internal static class IdentityRevoke
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The party's name." };
    private static readonly Option<string?> Authority = IdentityCommand.Authority();
    private static readonly Option<string?> Home = HomeFolder.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "revoke", "Revokes the certificates of a party at once and withdraws its invitations.",
            "coterie identity revoke clinic-a")
        { Name, Authority, Home };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var name = IdentityCommand.NameOf(parsed.GetRequiredValue(Name));
        using var authority = IdentityCommand.Open(parsed.GetValue(Authority) ?? HomeFolder.From(parsed.GetValue(Home)).Authority);
        var (list, certificates, invitations) = await authority.RevokeAsync(name, cancellationToken);
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name.Name);
                json.WriteNumber("certificates", certificates);
                json.WriteNumber("invitations", invitations);
                json.WriteNumber("list", list.Number);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteWhole($"{name}: {certificates} certificates revoked, {invitations} invitations withdrawn; revocation list {list.Number}.");
        if (certificates > 0) context.Out.WriteWhole("The other parties know it from their next: coterie identity revocations");
    }
}
