using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Identity;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity join</c>: an invitation becomes an identity.</summary>
internal static class IdentityJoin
{
    private static readonly Argument<string> Token = new("INVITATION") { Description = "The token, or '-' to read it from standard input, so that it is not seen in lists of processes." };
    private static readonly Option<string?> Server = IdentityCommand.Server();
    private static readonly Option<string?> Authority = IdentityCommand.Authority();
    private static readonly Option<string?> Home = HomeFolder.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "join", "Makes this party's key and has the authority certify it, over the network or in a folder on this machine.",
            "coterie identity join - < invitation.txt",
            "coterie identity join INVITATION --authority /srv/north-hospitals/authority")
        { Token, Server, Authority, Home };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var given = parsed.GetRequiredValue(Token);
        var invitation = Invitation.Parse(given == "-" ? await Console.In.ReadLineAsync(cancellationToken) ?? "" : given);
        var home = HomeFolder.From(parsed.GetValue(Home));
        using var identity = IdentityCommand.FolderOf(home, parsed.GetValue(Authority), parsed.GetValue(Server), invitation.Server) is { } folder
            ? await JoinAsync(invitation, home, folder, cancellationToken)
            : await Enrolment.JoinAsync(invitation, home.Identity, IdentityCommand.ServerOf(parsed.GetValue(Server), invitation.Server), TimeProvider.System, cancellationToken);
        if (context.Json)
        {
            CommandContext.WriteJson(json => IdentityShow.WriteJson(json, identity, home.Identity));
            return;
        }
        context.Out.WriteWhole($"{identity.Name} is now a {IdentityCommand.RoleName(identity.Role)} of {identity.Peers.Consortium}: {home.Identity}");
        context.Out.WriteWhole("Next:    coterie identity show");
    }

    private static async Task<NodeIdentity> JoinAsync(Invitation invitation, HomeFolder home, string folder, CancellationToken cancellationToken)
    {
        using var authority = IdentityCommand.Open(folder);
        return await Enrolment.JoinAsync(invitation, home.Identity, authority, TimeProvider.System, cancellationToken);
    }
}
