using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Identity;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity show</c>: who this party is.</summary>
internal static class IdentityShow
{
    private static readonly Option<string?> Home = HomeFolder.Option();

    public static Command Create()
    {
        var command = new ExampleCommand("show", "Shows who this party is, until when, and whom it believes.", "coterie identity show") { Home };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var folder = HomeFolder.From(parsed.GetValue(Home)).Identity;
        using var identity = NodeIdentity.Open(folder, TimeProvider.System);
        if (context.Json)
        {
            CommandContext.WriteJson(json => WriteJson(json, identity, folder));
            return;
        }
        var list = identity.Peers.Revocations;
        context.Out.WriteWhole($"{identity.Name}, {IdentityCommand.RoleName(identity.Role)} of {identity.Peers.Consortium}");
        foreach (var (name, text) in new[]
        {
            ("state", StateOf(identity)),
            ("valid", $"{Start(identity):u} to {End(identity):u}"),
            ("serial number", Serial(identity)),
            ("key SHA-256", KeyDigest(identity)),
            ("authority SHA-256", IdentityCommand.Hex(identity.Peers.AuthorityFingerprint.AsSpan())),
            ("revocation list", $"number {list.Number} of {list.Issued:u}, {list.Count} certificates"),
            ("server", identity.Server?.ToString() ?? "none"),
            ("folder", folder),
        })
            context.Out.WriteWhole($"  {name,-17}  {text}");
    }

    public static void WriteJson(Utf8JsonWriter json, NodeIdentity identity, string folder)
    {
        json.WriteStartObject();
        json.WriteString("name", identity.Name.Name);
        json.WriteString("role", IdentityCommand.RoleName(identity.Role));
        json.WriteString("consortium", identity.Peers.Consortium);
        json.WriteString("state", StateOf(identity));
        json.WriteString("valid_from", Start(identity));
        json.WriteString("valid_until", End(identity));
        json.WriteString("serial_number", Serial(identity));
        json.WriteString("key_sha256", KeyDigest(identity));
        json.WriteString("authority_sha256", IdentityCommand.Hex(identity.Peers.AuthorityFingerprint.AsSpan()));
        json.WriteStartObject("revocations");
        json.WriteNumber("number", identity.Peers.Revocations.Number);
        json.WriteString("issued", identity.Peers.Revocations.Issued);
        json.WriteNumber("certificates", identity.Peers.Revocations.Count);
        json.WriteEndObject();
        if (identity.Server is { } server) json.WriteString("server", server.AbsoluteUri);
        json.WriteString("folder", folder);
        json.WriteEndObject();
    }

    private static string StateOf(NodeIdentity identity)
    {
        try
        {
            identity.Peers.Verify(identity.Certificate);
            return "valid";
        }
        catch (IdentityException refusal)
        {
            return refusal.Message;
        }
    }

    private static DateTimeOffset Start(NodeIdentity identity) => new DateTimeOffset(identity.Certificate.NotBefore).ToUniversalTime();

    private static DateTimeOffset End(NodeIdentity identity) => new DateTimeOffset(identity.Certificate.NotAfter).ToUniversalTime();

    private static string Serial(NodeIdentity identity) => identity.Certificate.SerialNumber.ToLowerInvariant();

    private static string KeyDigest(NodeIdentity identity) => IdentityCommand.Hex(SHA256.HashData(identity.Signer.PublicKey.AsSpan()));
}
