using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Identity;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity init</c>: a new consortium.</summary>
internal static class IdentityInit
{
    private static readonly Option<string> Name = new("--name") { Description = "The consortium's name.", HelpName = "CONSORTIUM", Required = true };
    private static readonly Option<string?> Home = HomeFolder.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "init", "Makes the certificate authority of a new consortium, on the machine of whoever decides who takes part.",
            "coterie identity init --name north-hospitals")
        { Name, Home };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var folder = HomeFolder.From(parsed.GetValue(Home)).Authority;
        using var authority = ConsortiumAuthority.Create(folder, parsed.GetRequiredValue(Name), TimeProvider.System);
        var fingerprint = IdentityCommand.Hex(authority.Fingerprint.AsSpan());
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("consortium", authority.Consortium);
                json.WriteString("authority_sha256", fingerprint);
                json.WriteString("valid_until", authority.Expires);
                json.WriteString("folder", folder);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteWhole($"Authority of {authority.Consortium}, valid until {authority.Expires:u}: {folder}");
        context.Out.WriteWhole($"Certificate SHA-256: {fingerprint}");
        context.Out.WriteWhole("Whoever has this folder decides who is who in the consortium: keep it, and a copy of it, as you keep keys.");
        context.Out.WriteWhole("Next:    coterie identity invite NAME --role coordinator");
    }
}
