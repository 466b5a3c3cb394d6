using System.Runtime.Versioning;

namespace Coterie.EndToEnd;

public sealed class IdentityTests
{
    [Fact]
    public async Task InitInviteJoinShow_InAFolder_GiveAnIdentityOnce()
    {
        using var place = new Workspace();
        var init = (await Cli.SucceedAsync(place.Folder, "identity", "init", "--name", "north-hospitals", "--home", "hub", "--json")).Json;
        Assert.Equal("north-hospitals", init.GetProperty("consortium").GetString());
        await Cli.RefuseAsync(place.Folder, ["identity", "init", "--name", "again", "--home", "hub"], "never overwritten");

        var invited = await Cli.SucceedAsync(place.Folder, "identity", "invite", "clinic-a", "--role", "participant", "--valid", "2h", "--home", "hub");
        var token = Assert.Single(invited.Output.TrimEnd().Split('\n'));
        Assert.StartsWith("coterie-invite-", token, StringComparison.Ordinal);
        Assert.Contains("clinic-a", invited.Error, StringComparison.Ordinal);

        await Cli.RefuseAsync(place.Folder, ["identity", "join", token[..^2], "--home", "a", "--authority", "hub/authority"], "damaged");
        await Cli.RefuseAsync(place.Folder, ["identity", "join", token, "--home", "a"], "--server", "--authority");
        await Cli.SucceedAsync(place.Folder, "identity", "join", token, "--home", "a", "--authority", "hub/authority");
        var used = await Cli.RefuseAsync(place.Folder, ["identity", "join", token, "--home", "b", "--authority", "hub/authority"], "clinic-a", "once");
        Assert.DoesNotContain(token[20..60], used.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place["b"]) && Directory.EnumerateFileSystemEntries(place["b"]).Any());

        var shown = (await Cli.SucceedAsync(place.Folder, "identity", "show", "--home", "a", "--json")).Json;
        Assert.Equal(("clinic-a", "participant", "valid"), (shown.GetProperty("name").GetString(), shown.GetProperty("role").GetString(), shown.GetProperty("state").GetString()));
        Assert.Equal(init.GetProperty("authority_sha256").GetString(), shown.GetProperty("authority_sha256").GetString());
        Assert.Contains("clinic-a, participant of north-hospitals", (await Cli.SucceedAsync(place.Folder, "identity", "show", "--home", "a")).Output, StringComparison.Ordinal);
        await Cli.RefuseAsync(place.Folder, ["identity", "show", "--home", "b"], "identity join");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task RenewRevokeAndRevocations_InAFolder_AreTakenUp()
    {
        using var place = new Workspace();
        await Cli.SucceedAsync(place.Folder, "identity", "init", "--name", "north-hospitals", "--home", "hub");
        await JoinAsync("hub", "coordinator", "hub");
        await JoinAsync("clinic-a", "participant", "a");
        var before = await KeyAsync("a");
        await Cli.SucceedAsync(place.Folder, "identity", "renew", "--home", "a", "--authority", "hub/authority");
        Assert.NotEqual(before, await KeyAsync("a"));

        await Cli.RefuseAsync(place.Folder, ["identity", "invite", "clinic-a", "--role", "helper", "--home", "hub"], "revoke clinic-a");
        await Cli.SucceedAsync(place.Folder, "identity", "revoke", "clinic-a", "--home", "hub");
        var list = (await Cli.SucceedAsync(place.Folder, "identity", "revocations", "--home", "hub", "--json")).Json;
        Assert.Equal((3, 1, 2), (list.GetProperty("number").GetInt32(), list.GetProperty("previous").GetInt32(), list.GetProperty("certificates").GetInt32()));
        await Cli.SucceedAsync(place.Folder, "identity", "revocations", "hub/authority/revocations", "--home", "a");
        Assert.Contains("revoked", (await Cli.SucceedAsync(place.Folder, "identity", "show", "--home", "a")).Output, StringComparison.Ordinal);
        await Cli.RefuseAsync(place.Folder, ["identity", "renew", "--home", "a", "--authority", "hub/authority"], "revoked");

        File.SetUnixFileMode(place["hub/identity/key.pem"], (UnixFileMode)0b110_100_000);
        await Cli.RefuseAsync(place.Folder, ["identity", "show", "--home", "hub"], "chmod 600");

        async Task JoinAsync(string name, string role, string home)
        {
            var token = (await Cli.SucceedAsync(place.Folder, "identity", "invite", name, "--role", role, "--home", "hub", "--json")).Json.GetProperty("invitation").GetString()!;
            await Cli.SucceedAsync(place.Folder, "identity", "join", token, "--home", home, "--authority", "hub/authority");
        }

        async Task<string?> KeyAsync(string home) => (await Cli.SucceedAsync(place.Folder, "identity", "show", "--home", home, "--json")).Json.GetProperty("key_sha256").GetString();
    }

    [Fact]
    public async Task WrongArguments_AreRefusedWithWhatWouldDo()
    {
        using var place = new Workspace();
        await Cli.SucceedAsync(place.Folder, "identity", "init", "--name", "north-hospitals", "--home", "hub");
        await Cli.RefuseAsync(place.Folder, ["identity", "invite", "Clinic A", "--role", "participant", "--home", "hub"], "a-z");
        foreach (var time in new[] { "31d", "0h", "h", "1w", "99999999999d", "-1h" })
            await Cli.RefuseAsync(place.Folder, ["identity", "invite", "clinic-a", "--role", "participant", "--valid=" + time, "--home", "hub"], "--valid", "24h");
        await Cli.RefuseAsync(place.Folder, ["identity", "invite", "clinic-a", "--role", "participant", "--server", "http://hub:1", "--home", "hub"], "https://");
        await Cli.RefuseAsync(place.Folder, ["identity", "invite", "clinic-a", "--role", "participant", "--home", "nowhere"], "identity init");
        await Cli.RefuseAsync(place.Folder, ["identity", "join", "letmein", "--home", "a"], "coterie-invite-");
        var role = await Cli.RunAsync(place.Folder, "identity", "invite", "clinic-a", "--role", "boss", "--home", "hub");
        Assert.Equal(2, role.ExitCode);
        Assert.Contains("'coterie identity invite --help'", role.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_AtAServerThatIsNotThere_FailsWithOne()
    {
        using var place = new Workspace();
        await Cli.SucceedAsync(place.Folder, "identity", "init", "--name", "north-hospitals", "--home", "hub");
        var token = (await Cli.SucceedAsync(place.Folder, "identity", "invite", "clinic-a", "--role", "participant", "--server", "https://localhost:1", "--home", "hub")).Output.Trim();
        var result = await Cli.RunAsync(place.Folder, "identity", "join", token, "--home", "a");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: https://localhost:1", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfEveryPart_EndsWithAnExample()
    {
        using var place = new Workspace();
        foreach (var command in new[] { "init", "invite", "join", "show", "renew", "revoke", "revocations" })
            Assert.Contains($"  coterie identity {command}", (await Cli.SucceedAsync(place.Folder, "identity", command, "--help")).Output, StringComparison.Ordinal);
    }
}
