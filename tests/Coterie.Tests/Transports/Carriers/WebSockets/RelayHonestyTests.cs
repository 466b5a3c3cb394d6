using Coterie.Core.Parties;
using Coterie.Federation.Transports.Carriers.Packets;

namespace Coterie.Tests.Transports.Carriers.WebSockets;

/// <summary>A coordinator that is not honest: what it alters, repeats, holds back or mixes up never reaches a receiver, and others notice nothing.</summary>
public sealed class RelayHonestyTests
{
    private static readonly PartyId A = TestNetwork.A;
    private static readonly PartyId B = TestNetwork.B;
    private static readonly PartyId C = TestNetwork.C;

    public static TheoryData<string> Attacks => ["flip", "repeat", "drop", "swap", "reflect"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task Attack_OnSealedFrames_NeverReachesTheReceiver(string attack)
    {
        var held = new List<byte[]>();
        var attacking = false;
        var attacked = 0;
        IEnumerable<byte[]> Tap(PartyId from, PartyId to, RelayKind kind, byte[] field)
        {
            if (!attacking || kind != RelayKind.Sealed || to != B || from != A || attacked >= 3) return [field];
            attacked++;
            switch (attack)
            {
                case "flip":
                    field[^5] ^= 1;
                    return [field];
                case "repeat":
                    return [field, field];
                case "drop":
                    return [];
                case "swap":
                    held.Add(field);
                    return held.Count % 2 == 1 ? [] : [field, held[^2]];
                default:
                    // Sent back under another's label would need the receiver's own frames: here the frame comes with its counter changed.
                    field[^(field.Length - 12)] ^= 1;
                    return [field];
            }
        }
        await using var network = await TestNetwork.StartAsync(tap: Tap);
        var (a, b) = await network.PairAsync();
        var c = await network.JoinAsync(C);
        c.Carrier.Expect(B);
        await c.Receiver.UpAsync(B);
        attacking = true;
        for (var i = 0; i < 60; i++)
        {
            while (!await a.SendAsync(B, [(byte)i])) await Task.Delay(5);
            Assert.True(await c.SendAsync(B, [(byte)i]));
            await Task.Delay(2);
        }
        await b.Receiver.CountAsync(C, 60);
        Assert.Equal(Enumerable.Range(0, 60).Select(i => (byte)i), b.Receiver.From(C).Select(f => f[0]));
        Assert.Equal(1, b.Receiver.Ups(C));
        Assert.True(attacked >= 2);
        // What got through is what was sent, in order, once; and in the end the way is good again.
        while (!await a.SendAsync(B, [99])) await Task.Delay(5);
        await b.Receiver.LastAsync(A, [99]);
        var received = b.Receiver.From(A).Select(f => (int)f[0]).ToArray();
        Assert.Equal(received.Order().Distinct(), received);
        Assert.True(b.Receiver.Ups(A) >= 2);
    }

    [Fact]
    public async Task Attack_OnExchanges_OnlyDelaysThem()
    {
        var seen = new List<(PartyId To, byte[] Field)>();
        var count = 0;
        IEnumerable<byte[]> Tap(PartyId from, PartyId to, RelayKind kind, byte[] field)
        {
            if (kind == RelayKind.Sealed) return [field];
            lock (seen)
            {
                var old = seen.Where(s => s.To == to).Select(s => s.Field).ToArray();
                seen.Add((to, [.. field]));
                if (count++ < 3) field[^3] ^= 1;
                return count < 12 ? [.. old, field, .. old] : [field];
            }
        }
        await using var network = await TestNetwork.StartAsync(tap: Tap);
        var (a, b) = await network.PairAsync();
        // A frame may be lost where a session gives way to the next one: it is sent until one arrives.
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!b.Receiver.From(A).Any())
        {
            await a.SendAsync(B, [7]);
            await Task.Delay(20, bound.Token);
        }
        Assert.All(b.Receiver.From(A), frame => Assert.Equal([7], frame));
    }

    [Fact]
    public async Task Relay_ShowsNothingOfWhatItCarries()
    {
        var seen = new List<byte[]>();
        await using var network = await TestNetwork.StartAsync(tap: (_, _, _, field) =>
        {
            lock (seen) seen.Add(field);
            return [field];
        });
        var (a, b) = await network.PairAsync();
        var secret = "a row that nobody else may see"u8.ToArray();
        Assert.True(await a.SendAsync(B, secret));
        await b.Receiver.CountAsync(A, 1);
        lock (seen)
        {
            Assert.Contains(seen, f => f.Length > secret.Length);
            Assert.DoesNotContain(seen, f => f.AsSpan().IndexOf(secret.AsSpan(0, 6)) >= 0);
        }
    }
}
