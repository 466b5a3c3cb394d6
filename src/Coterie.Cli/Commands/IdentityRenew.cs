using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Identity;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity renew</c>: a new key and certificate for the same party.</summary>
internal static class IdentityRenew
{
    private static readonly Option<string?> Server = IdentityCommand.Server();
    private static readonly Option<string?> Authority = IdentityCommand.Authority();
    private static readonly Option<string?> Home = HomeFolder.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "renew", "Replaces this party's key and certificate; the old certificate is accepted for another day.",
            "coterie identity renew")
        { Server, Authority, Home };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var home = HomeFolder.From(parsed.GetValue(Home));
        using (var current = NodeIdentity.Load(home.Identity, TimeProvider.System))
        {
            if (IdentityCommand.FolderOf(home, parsed.GetValue(Authority), parsed.GetValue(Server), current.Server) is { } folder)
            {
                using var authority = IdentityCommand.Open(folder);
                await Enrolment.RenewAsync(current, authority, cancellationToken);
            }
            else
            {
                await Enrolment.RenewAsync(current, IdentityCommand.ServerOf(parsed.GetValue(Server), current.Server), cancellationToken);
            }
        }
        using var renewed = NodeIdentity.Load(home.Identity, TimeProvider.System);
        if (context.Json)
        {
            CommandContext.WriteJson(json => IdentityShow.WriteJson(json, renewed, home.Identity));
            return;
        }
        context.Out.WriteWhole($"{renewed.Name} has a new key, with a certificate until {renewed.Certificate.NotAfter.ToUniversalTime():u}. Nodes take it up when they start again.");
        context.Out.WriteWhole("Tell it to those who have pinned your key: coterie identity show");
    }
}
