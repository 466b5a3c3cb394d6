using System.CommandLine;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie identity</c>: who the parties of a consortium are.</summary>
internal static class IdentityCommand
{
    public static Command Create() => new ExampleCommand(
        "identity", "Makes a consortium's authority, invites parties, and gives them identities.",
        "coterie identity init --name north-hospitals",
        "coterie identity invite clinic-a --role participant",
        "coterie identity show")
    {
        IdentityInit.Create(),
        IdentityInvite.Create(),
        IdentityJoin.Create(),
        IdentityShow.Create(),
        IdentityRenew.Create(),
        IdentityRevoke.Create(),
        IdentityRevocations.Create(),
    };

    /// <summary>Names an authority's folder.</summary>
    public static Option<string?> Authority() => new("--authority") { Description = "Folder of the authority. [default: <home>/authority]", HelpName = "DIR" };

    /// <summary>Names the coordinator's node that speaks for the authority.</summary>
    public static Option<string?> Server() => new("--server") { Description = "Where the authority answers: https://HOST:PORT.", HelpName = "URL" };

    /// <summary>A party's name.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static PartyId NameOf(string text) =>
        PartyId.IsValid(text) ? new PartyId(text) : throw new UsageException($"'{text}' is no party name: use 1 to 64 of a-z, 0-9, '-', '_' and '.'.");

    /// <summary>A server's address.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Uri? AddressOf(string? text) => text switch
    {
        null => null,
        _ => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address : throw new UsageException($"--server: '{text}' is no address; https://HOST:PORT is expected."),
    };

    /// <summary>The authority's folder that a command means, if it means one: what is given, or this home's own where no server is known.</summary>
    /// <exception cref="UsageException">Folder and server are given.</exception>
    public static string? FolderOf(HomeFolder home, string? authority, string? server, Uri? known)
    {
        if (authority is not null && server is not null) throw new UsageException("--authority and --server exclude each other: the authority is either in a folder or behind a server.");
        if (authority is not null) return authority;
        return server is null && known is null && Directory.Exists(home.Authority) ? home.Authority : null;
    }

    /// <summary>The server that is given or known.</summary>
    /// <exception cref="UsageException">There is neither.</exception>
    public static Uri ServerOf(string? server, Uri? known) => AddressOf(server) ?? known
        ?? throw new UsageException("no server is known; say where the authority is with --server https://HOST:PORT or --authority DIR.");

    /// <summary>Bytes as people compare them.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>A role as people write it.</summary>
    public static string RoleName(PartyRole role) => RoleNames.Of(role);

    /// <summary>Opens the authority of that folder.</summary>
    public static ConsortiumAuthority Open(string folder) => ConsortiumAuthority.Open(folder, TimeProvider.System);
}
