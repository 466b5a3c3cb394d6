using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;
using Coterie.Tests.Transports.Durable;
using Google.Protobuf;

namespace Coterie.Tests.RunStore;

/// <summary>A party whose state was put back to an earlier copy does not release anything a second time.</summary>
public sealed class RollBackTests : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly StepTag One = new("run/1"), Two = new("run/2"), Back = new("run/back");

    private readonly DirectoryInfo _folder = TestNode.TemporaryFolder();
    private readonly Roster _roster = TestNode.RosterOf(2);
    private readonly MemoryCarriers _hub = new();

    private PartyId C => _roster.Coordinator;

    private PartyId P1 => _roster.Participants[0];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task OpenRun_StateOlderThanItsClaims_IsRefusedForGoodAndOtherRunsGoOn()
    {
        var folder = Path.Combine(_folder.FullName, "node");
        var (state, copy) = (Path.Combine(folder, "state.db"), Path.Combine(_folder.FullName, "copy.db"));
        using (var store = NodeStore.Open(folder))
        {
            store.OpenRun("run");
            store.OpenRun("unclaimed");
        }
        File.Copy(state, copy);
        using (var store = NodeStore.Open(folder))
        {
            await store.OpenRun("run").SaveAsync("run/1", new byte[1], default);
            await store.OpenRun("run").ClaimAsync("key", new byte[1], default);
        }
        // As it is, it is not older.
        using (var store = NodeStore.Open(folder)) store.OpenRun("run");
        File.Copy(copy, state, overwrite: true);
        for (var life = 0; life < 2; life++)
        {
            using var store = NodeStore.Open(folder);
            var error = Assert.Throws<ProtocolException>(() => store.OpenRun("run"));
            Assert.Equal(ProtocolErrorCode.AlreadyReleased, error.Code);
            Assert.Contains("older than the record of what was released", error.Message, StringComparison.Ordinal);
            // More transactions do not make the state younger than the claims.
            for (var i = 0; i < 5; i++) await store.OpenRun("unclaimed").SaveAsync("unclaimed/1", new byte[1], default);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channel_WholeFolderPutBack_PeersKnowMoreAndThePartyTakesNoFurtherPart(bool forgotSending)
    {
        await using var c = Start(C);
        await using (var p1 = Start(P1))
        {
            await p1.Channel.SendAsync(C, One, new byte[1], default);
            await p1.Channel.DrainAsync(default).WaitAsync(Bound);
        }
        Copy(P1.Name, "copy");
        await using (var p1 = Start(P1))
        {
            if (forgotSending) await p1.Channel.SendAsync(C, Two, new byte[1], default);
            else await c.Channel.SendAsync(P1, Back, new byte[1], default);
            await p1.Channel.DrainAsync(default).WaitAsync(Bound);
            await c.Channel.DrainAsync(default).WaitAsync(Bound);
        }
        Directory.Delete(Path.Combine(_folder.FullName, P1.Name), recursive: true);
        Copy("copy", P1.Name);
        await using (var p1 = Start(P1))
        {
            // It may have recorded more than it had sent before any peer speaks: what is on its own disk proves nothing.
            var error = await Assert.ThrowsAsync<ProtocolException>(async () =>
            {
                for (var i = 0; i < 3; i++) await p1.Channel.SendAsync(C, new StepTag("run").Then(10 + i), new byte[] { 9 }, default);
                await p1.Channel.ReceiveAsync(C, new StepTag("run/never"), 1, default).AsTask().WaitAsync(Bound);
            });
            Assert.Equal(ProtocolErrorCode.AlreadyReleased, error.Code);
            var told = await Assert.ThrowsAsync<PeerUnavailableException>(() => c.Channel.ReceiveAsync(P1, new StepTag("run/10"), 1, default).AsTask().WaitAsync(Bound));
            Assert.Contains("put back", told.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(c.Run.Messages.Inbox().Keys, k => k.Step == "run/10");
        }
        using var store = NodeStore.Open(Path.Combine(_folder.FullName, P1.Name));
        Assert.Throws<ProtocolException>(() => store.OpenRun("run"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Channel_APeerClaimsWhatNeverWas_IsNotListenedToAndTheRunGoesOn(bool aboutSending)
    {
        await using var c = Start(C);
        var liar = _hub.Attach(_roster[P1]);
        using var stop = new CancellationTokenSource();
        var deaf = new Switchboard(liar);
        var running = liar.RunAsync(deaf, stop.Token);
        var witness = ByteString.CopyFrom(new byte[16]);
        var resume = new Resume { Witness = witness };
        if (aboutSending) (resume.Received, resume.ReceivedWitness) = (5, witness);
        else (resume.Acknowledged, resume.AcknowledgedWitness) = (5, witness);
        Assert.True(await liar.SendAsync(C, FrameCodec.Write(new Frame { Run = new RunFrame { Run = "run", Resume = resume } }), default));
        var gone = await Assert.ThrowsAsync<PeerUnavailableException>(() => c.Channel.ReceiveAsync(P1, One, 1, default).AsTask().WaitAsync(Bound));
        Assert.Contains("cannot prove", gone.Message, StringComparison.Ordinal);

        await using var p2 = Start(_roster.Participants[1]);
        await p2.Channel.SendAsync(C, One, new byte[] { 5 }, default);
        Assert.Equal(5, (await c.Channel.ReceiveAsync(p2.Party.Id, One, 1, default).AsTask().WaitAsync(Bound)).Span[0]);
        await stop.CancelAsync();
        await running;
    }

    private TestNode Start(PartyId party) => TestNode.Start(_hub, _roster, party, _folder.FullName);

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, to, "spool"));
        foreach (var file in Directory.GetFiles(Path.Combine(_folder.FullName, from), "*.db*")) File.Copy(file, Path.Combine(_folder.FullName, to, Path.GetFileName(file)));
    }
}
