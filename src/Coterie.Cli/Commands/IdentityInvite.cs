using System.CommandLine;
using System.Globalization;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity invite</c>: a token for one party.</summary>
internal static class IdentityInvite
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The name the party will have." };
    private static readonly Option<string> Role = new("--role") { Description = "What it will be.", HelpName = "participant|coordinator|helper|model-owner", Required = true };
    private static readonly Option<string> Valid = new("--valid") { Description = "How long the invitation lasts, in minutes, hours or days, up to 30d.", HelpName = "TIME", DefaultValueFactory = _ => "24h" };
    private static readonly Option<string?> Server = IdentityCommand.Server();
    private static readonly Option<string?> Authority = IdentityCommand.Authority();
    private static readonly Option<string?> Home = HomeFolder.Option();

    public static Command Create()
    {
        Role.AcceptOnlyFromAmong([.. Enum.GetValues<PartyRole>().Select(IdentityCommand.RoleName)]);
        var command = new ExampleCommand(
            "invite", "Prints an invitation: a token with which one party can join once. Send it by a private way.",
            "coterie identity invite clinic-a --role participant",
            "coterie identity invite clinic-b --role participant --valid 3d --server https://hub.example:8443")
        { Name, Role, Valid, Server, Authority, Home };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var name = IdentityCommand.NameOf(parsed.GetRequiredValue(Name));
        var role = Enum.GetValues<PartyRole>().Single(r => IdentityCommand.RoleName(r) == parsed.GetRequiredValue(Role));
        var validity = Duration(parsed.GetRequiredValue(Valid));
        var folder = parsed.GetValue(Authority) ?? HomeFolder.From(parsed.GetValue(Home)).Authority;
        using var authority = IdentityCommand.Open(folder);
        var invitation = await authority.InviteAsync(name, role, validity, IdentityCommand.AddressOf(parsed.GetValue(Server)), cancellationToken);
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("invitation", invitation.ToToken());
                json.WriteString("name", name.Name);
                json.WriteString("role", IdentityCommand.RoleName(role));
                json.WriteString("expires", invitation.Expires);
                json.WriteString("authority_sha256", IdentityCommand.Hex(invitation.AuthorityFingerprint.AsSpan()));
                json.WriteEndObject();
            });
            return;
        }
        // The token alone is on standard output, so that it can be piped.
        context.Out.WriteWhole(invitation.ToToken());
        context.Status.WriteWhole($"For {name} as {IdentityCommand.RoleName(role)}, once, until {invitation.Expires:u}. Whoever reads it can join in that name: send it by a private way.");
        context.Status.WriteWhole("Next, at the party: coterie identity join INVITATION");
    }

    private static TimeSpan Duration(string text)
    {
        var minutes = text.Length == 0 ? 0 : text[^1] switch { 'm' => 1, 'h' => 60, 'd' => 24 * 60, _ => 0 };
        if (minutes > 0 && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0 && count <= ConsortiumAuthority.LongestInvitation.TotalMinutes / minutes)
            return TimeSpan.FromMinutes((double)count * minutes);
        throw new UsageException($"--valid: '{text}' is no time that an invitation can last; 30m, 24h or 7d are, up to {ConsortiumAuthority.LongestInvitation.TotalDays}d.");
    }
}
