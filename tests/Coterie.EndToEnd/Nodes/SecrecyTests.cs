using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.EndToEnd.Nodes;

/// <summary>Logs and metrics of a whole run, at the most talkative level, hold no rows, no model, no keys and no invitations.</summary>
public sealed partial class SecrecyTests
{
    [Theory]
    [InlineData("federated")]
    [InlineData("secure-aggregation")]
    public async Task LogsAndMetrics_OfARun_HoldNothingSecret(string mode)
    {
        using var consortium = await NodeConsortium.CreateAsync(log: "{ level: trace, format: json }", joined: 2);
        consortium.WriteLongTask(mode: mode);
        var secrets = new List<string>();
        for (var k = 1; k <= 3; k++) secrets.AddRange(WriteMarkedRows(consortium, k));
        int[] ports = [FreePort(), FreePort()];
        AddTo(consortium, "coordinator.yaml", $"metrics: 127.0.0.1:{ports[0]}\nauthority: authority\n");
        AddTo(consortium, "clinic-1.yaml", $"metrics: 127.0.0.1:{ports[1]}\n");

        var coordinator = consortium.StartCoordinator();
        await coordinator.SaysAsync("Listening on");
        // One joins over the network, at the coordinator that logs.
        Invitation invitation;
        using (var authority = ConsortiumAuthority.Open(consortium.Place["authority"], TimeProvider.System))
            invitation = await authority.InviteAsync(new PartyId("clinic-3"), PartyRole.Participant, TimeSpan.FromHours(1), new Uri($"https://127.0.0.1:{consortium.Port}"), CancellationToken.None);
        var joined = await Cli.SucceedAsync(consortium.Place.Folder, "identity", "join", invitation.ToToken(), "--home", "clinic-3");
        NodeProcess[] participants = [.. Enumerable.Range(1, 3).Select(k => consortium.StartParticipant(k))];
        await coordinator.SaysAsync("logistic-regression: round 2 ");
        participants[2].Pause();
        var metrics = string.Concat(await Task.WhenAll(ports.SelectMany(p => new[] { GetAsync(p, "metrics"), GetAsync(p, "healthz") })));
        participants[2].Continue();
        await coordinator.EndsAsync(0);
        foreach (var participant in participants) await participant.EndsAsync(0);

        secrets.Add(invitation.ToToken()[Invitation.Prefix.Length..][..40]);
        secrets.Add(invitation.ToToken()[^40..]);
        foreach (var home in new[] { "authority", "coordinator", "clinic-1", "clinic-2", "clinic-3" })
        {
            string[] key = [.. KeyMaterial(consortium.Place[home])];
            Assert.True(key.Length >= 3, $"{home} has no private key to look for");
            secrets.AddRange(key);
        }
        var before = secrets.Count;
        secrets.AddRange(LongNumber().Matches(File.ReadAllText(consortium.Place["results/model.json"])).Select(m => m.Value[..Math.Min(10, m.Value.Length)]));
        Assert.True(secrets.Count - before >= 5, "the model has no numbers to look for");
        Assert.True(before >= 120 + 2 + 15, $"only {before} secrets are looked for");
        var told = string.Concat(participants.Select(p => p.Said)) + coordinator.Said + metrics + joined.Output + joined.Error;
        Assert.DoesNotContain(secrets, s => told.Contains(s, StringComparison.OrdinalIgnoreCase));

        // And they do say what they are for.
        Assert.All(
            ["coterie_build_info{version=", "role=\"coordinator\"} 1", "coterie_connected_peers 3", "coterie_runs{state=\"running\"} 1", "coterie_round{stage=\"logistic-regression\"}", "\"ready\":true", "role=\"participant\""],
            words => Assert.Contains(words, metrics, StringComparison.Ordinal));
        var lines = coordinator.Said.Split('\n').Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Contains(lines, l => l.GetProperty("LogLevel").GetString() == "Debug" && l.GetProperty("State").GetProperty("Stage").GetString() == "logistic-regression");
    }

    private static IEnumerable<string> WriteMarkedRows(NodeConsortium consortium, int k)
    {
        var lines = new List<string> { "a,b,y" };
        for (var i = 0; i < 20; i++)
        {
            var (a, b) = (string.Create(CultureInfo.InvariantCulture, $"{83_641_000 + (k * 97) + (i * 7919 % 1000)}.25"), string.Create(CultureInfo.InvariantCulture, $"-{27_182_000 + (k * 89) + (i * 104_729 % 1000)}.75"));
            lines.Add($"{a},{b},{(i * k % 3 == 0 ? 1 : 0)}");
            yield return a[..8];
            yield return b[1..9];
        }
        consortium.Place.Write($"rows-{k}.csv", string.Join('\n', lines) + "\n");
    }

    /// <summary>Every line of every private key in a folder, and its raw bytes.</summary>
    private static IEnumerable<string> KeyMaterial(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            foreach (var key in PrivateKey().Matches(text).Select(m => m.Groups["text"].Value))
            {
                foreach (var line in key.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => l.Length > 20)) yield return line;
                yield return Convert.ToHexString(Convert.FromBase64String(key.ReplaceLineEndings("")))[60..100];
            }
        }
    }

    private static async Task<string> GetAsync(int port, string path)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        return await client.GetStringAsync($"http://127.0.0.1:{port}/{path}");
    }

    private static void AddTo(NodeConsortium consortium, string config, string more) => File.AppendAllText(consortium.Place[config], more);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"\d\.\d{8,}|\d{3,}\.\d{6,}", RegexOptions.CultureInvariant)]
    private static partial Regex LongNumber();

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----(?<text>[^-]*)-----END", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex PrivateKey();
}
