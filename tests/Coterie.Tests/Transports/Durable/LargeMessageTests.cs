using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Tests.Transports.Durable;

/// <summary>Messages of many chunks: they go on where they stopped, whoever was restarted.</summary>
public sealed class LargeMessageTests : IDisposable
{
    private const int Chunks = 40;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly StepTag One = new("run/1");

    private readonly DirectoryInfo _folder = TestNode.TemporaryFolder();
    private readonly Roster _roster = TestNode.RosterOf(1);
    private readonly MemoryCarriers _hub = new();

    private PartyId C => _roster.Coordinator;

    private PartyId P1 => _roster.Participants[0];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("nobody")]
    [InlineData("sender")]
    [InlineData("receiver")]
    public async Task SendAsync_ConnectionBreaksHalfWay_GoesOnAtTheChunk(string restarted)
    {
        var offsets = new List<ulong>();
        var half = new TaskCompletionSource();
        _hub.Fate = frame =>
        {
            if (FrameCodec.Read(frame.Content.Span) is not { BodyCase: Frame.BodyOneofCase.Run, Run: { BodyCase: RunFrame.BodyOneofCase.Chunk } run }) return MemoryFate.Deliver;
            lock (offsets) offsets.Add(run.Chunk.Offset);
            if (run.Chunk.Offset != Chunks / 2 * CarrierLimits.ChunkBytes || !half.TrySetResult()) return MemoryFate.Deliver;
            return MemoryFate.Break;
        };
        var (sender, receiver) = (Start(P1), Start(C));
        await sender.Channel.SendAsync(C, One, (long)Chunks * CarrierLimits.ChunkBytes, Content(), default);
        await half.Task.WaitAsync(Bound);
        if (restarted == "sender") (sender, _) = (await AgainAsync(sender), 0);
        if (restarted == "receiver") (receiver, _) = (await AgainAsync(receiver), 0);
        Assert.Equal(await DigestOf(Content()), await DigestOf(receiver.Channel.ReceiveChunksAsync(P1, One, long.MaxValue, default)).WaitAsync(Bound));
        // The chunk that was lost comes again, and those behind it that were under way; the first half does not.
        Assert.Equal(1, offsets.Count(o => o == 0));
        Assert.Equal(1, offsets.Count(o => o == (Chunks / 2 - 1) * CarrierLimits.ChunkBytes));
        await sender.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task SendAsync_OtherLengthThanAnnounced_ThrowsAndSendsNothing(int difference)
    {
        await using var sender = Start(P1);
        await Assert.ThrowsAsync<ArgumentException>(() => sender.Channel.SendAsync(C, One, (long)Chunks * CarrierLimits.ChunkBytes + difference, Content(), default).AsTask());
        Assert.Empty(sender.Run.Messages.Unacknowledged());
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.FullName, P1.Name, "spool")));
    }

    [Fact]
    public async Task Open_FilesNobodyNames_AreRemoved()
    {
        await using (Start(P1)) { }
        var spool = Path.Combine(_folder.FullName, P1.Name, "spool");
        foreach (var name in new[] { "out-1-0123", "in-1-c-7-00", "anything" }) await File.WriteAllBytesAsync(Path.Combine(spool, name), new byte[3]);
        await using var again = Start(P1);
        Assert.Empty(Directory.GetFiles(spool));
    }

    [Fact]
    public async Task ReceiveAsync_AShorterPartWasAltered_ComesWholeAllTheSame()
    {
        var cut = new TaskCompletionSource();
        _hub.Fate = frame =>
        {
            if (frame.Content.Length > CarrierLimits.ChunkBytes && frame.To == C && FrameCodec.Read(frame.Content.Span)!.Run.Chunk.Offset == 10 * CarrierLimits.ChunkBytes && cut.TrySetResult())
            {
                _hub.Break(C, P1, forGood: true);
                return MemoryFate.Break;
            }
            return MemoryFate.Deliver;
        };
        await using var sender = Start(P1);
        var receiver = Start(C);
        await sender.Channel.SendAsync(C, One, (long)Chunks * CarrierLimits.ChunkBytes, Content(), default);
        await cut.Task.WaitAsync(Bound);
        await receiver.DisposeAsync();
        var part = Assert.Single(Directory.GetFiles(Path.Combine(_folder.FullName, C.Name, "spool")));
        await using (var stream = File.OpenWrite(part)) stream.Write(new byte[] { 0xFF, 0xFF, 0xFF });
        _hub.Mend(C, P1);
        await using var again = Start(C);
        Assert.Equal(await DigestOf(Content()), await DigestOf(again.Channel.ReceiveChunksAsync(P1, One, long.MaxValue, default)).WaitAsync(Bound));
    }

    private TestNode Start(PartyId party) => TestNode.Start(_hub, _roster, party, _folder.FullName);

    private async Task<TestNode> AgainAsync(TestNode node)
    {
        var party = node.Party.Id;
        await node.DisposeAsync();
        return Start(party);
    }

    private static async Task<string> DigestOf(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var chunk in chunks) hash.AppendData(chunk.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Content()
    {
        for (var i = 0; i < Chunks; i++)
        {
            var chunk = new byte[CarrierLimits.ChunkBytes];
            Array.Fill(chunk, (byte)(i + 1));
            yield return chunk;
        }
        await Task.CompletedTask;
    }
}
