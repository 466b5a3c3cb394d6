using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Federation.Identity;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity revocations</c>: the newest revocation list.</summary>
internal static class IdentityRevocations
{
    private static readonly Argument<string?> Given = new("FILE") { Description = "A list to install: the file 'revocations' of an authority's folder. [default: ask the server]", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Server = IdentityCommand.Server();
    private static readonly Option<string?> Authority = IdentityCommand.Authority();
    private static readonly Option<string?> Home = HomeFolder.Option();

    public static Command Create()
    {
        var command = new ExampleCommand(
            "revocations", "Fetches the authority's revocation list, or installs one from a file; an older one is refused.",
            "coterie identity revocations",
            "coterie identity revocations /media/usb/revocations")
        { Given, Server, Authority, Home };
        command.SetAction((parsed, stop) => CommandRunner.RunAsync(parsed, context => RunAsync(parsed, context, stop)));
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var home = HomeFolder.From(parsed.GetValue(Home));
        using var identity = NodeIdentity.Open(home.Identity, TimeProvider.System);
        var before = identity.Peers.Revocations.Number;
        var list = identity.InstallRevocations(await FetchAsync(parsed, home, identity, cancellationToken));
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("number", list.Number);
                json.WriteNumber("previous", before);
                json.WriteString("issued", list.Issued);
                json.WriteNumber("certificates", list.Count);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteWhole($"Revocation list {list.Number} of {list.Issued:u} ({(list.Number == before ? "as before" : $"list {before} before")}): {list.Count} certificates.");
    }

    private static async Task<byte[]> FetchAsync(ParseResult parsed, HomeFolder home, NodeIdentity identity, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Given) is { } file)
        {
            if (!File.Exists(file)) throw new UsageException($"there is no file {file}.");
            if (new FileInfo(file).Length > RevocationList.MaximumBytes) throw new UsageException($"{file} is longer than any revocation list.");
            return await File.ReadAllBytesAsync(file, cancellationToken);
        }
        if (IdentityCommand.FolderOf(home, parsed.GetValue(Authority), parsed.GetValue(Server), identity.Server) is { } folder)
        {
            using var authority = IdentityCommand.Open(folder);
            return authority.Revocations().Encoded.ToArray();
        }
        using var client = new IdentityClient(IdentityCommand.ServerOf(parsed.GetValue(Server), identity.Server), identity.Peers);
        return await client.RevocationsAsync(cancellationToken);
    }
}
