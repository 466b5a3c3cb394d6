using System.Diagnostics;
using System.Globalization;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;
using Xunit.Abstractions;

namespace Coterie.Conformance.Large;

/// <summary>
/// A contribution of 256 MB, or as many megabytes as <c>COTERIE_LARGE_MB</c> says, generated chunk by chunk in one process and added in another, takes less than 256 MB above the sum
/// itself on either side.
/// </summary>
public sealed class LargeContributionTests(ITestOutputHelper output)
{
    private const int Allowance = 256;

    private static readonly int Megabytes = int.Parse(Environment.GetEnvironmentVariable("COTERIE_LARGE_MB") ?? "256", CultureInfo.InvariantCulture);

    [Fact]
    public async Task SendAsync_ALargeContributionBetweenProcesses_TakesLittleMemoryAboveTheVector()
    {
        if (!OperatingSystem.IsLinux()) return;   // peak memory is read from /proc
        var folder = Directory.CreateTempSubdirectory("coterie-large-");
        try
        {
            await InviteAsync(folder.FullName);
            using var coordinator = Start("coordinator", folder.FullName, "0");
            try
            {
                var port = await Said(coordinator, "port");
                using var participant = Start("participant", folder.FullName, port);
                try
                {
                    var sent = int.Parse(await Said(participant, "peak"), CultureInfo.InvariantCulture);
                    var entries = long.Parse(await Said(coordinator, "added"), CultureInfo.InvariantCulture);
                    var added = int.Parse(await Said(coordinator, "peak"), CultureInfo.InvariantCulture);
                    output.WriteLine($"{Megabytes} MB: peak of the sender {sent} MB, of the adder {added} MB, of which {Megabytes} MB are the sum.");
                    Assert.Equal((long)Megabytes << 17, entries);
                    Assert.InRange(sent, 0, Allowance);
                    Assert.InRange(added, 0, Megabytes + Allowance);
                }
                finally
                {
                    participant.Kill();
                }
            }
            finally
            {
                coordinator.Kill();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The roster that both processes derive from the identities in the folder.</summary>
    internal static Roster RosterIn(string folder)
    {
        Party Read(string name, PartyRole role) => new(new PartyId(name), role, [.. File.ReadAllBytes(Path.Combine(folder, name + ".public"))]);
        return new Roster("large", [Read("coordinator", PartyRole.Coordinator), Read("participant", PartyRole.Participant)], "test", 0, allowSmallRoster: true, new byte[32]);
    }

    private static async Task InviteAsync(string folder)
    {
        using var authority = ConsortiumAuthority.Create(Path.Combine(folder, "authority"), "large", TimeProvider.System);
        foreach (var (name, role) in new[] { ("coordinator", PartyRole.Coordinator), ("participant", PartyRole.Participant) })
        {
            var invitation = await authority.InviteAsync(new PartyId(name), role, TimeSpan.FromMinutes(5), null, CancellationToken.None);
            using var identity = await Enrolment.JoinAsync(invitation, Path.Combine(folder, name), authority, TimeProvider.System, CancellationToken.None);
            await File.WriteAllBytesAsync(Path.Combine(folder, name + ".public"), [.. identity.Signer.PublicKey]);
        }
    }

    private static Process Start(string role, string folder, string port)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in new[] { typeof(LargeContributionTests).Assembly.Location, role, folder, Megabytes.ToString(CultureInfo.InvariantCulture), port }) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>The word after <paramref name="what"/> on the first line that starts with it.</summary>
    private static async Task<string> Said(Process process, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(9));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith(what + " ", StringComparison.Ordinal)) return line.Split(' ')[1];
        throw new InvalidOperationException($"A process ended without saying '{what}'.");
    }
}
