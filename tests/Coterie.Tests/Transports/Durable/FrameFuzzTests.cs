using System.Text;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Federation.Transports.Durable;
using Coterie.Testing;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Durable;

/// <summary>Frames from a peer that lies: no crash, bounded memory, and an honest peer is served all the same.</summary>
public sealed class FrameFuzzTests
{
    private const int Mutants = 20_000;

    /// <summary>Frames as hexadecimal lines: one of each kind, and damaged ones worth keeping.</summary>
    private static readonly string Corpus = Path.Combine(References.Repository, "tests", "Coterie.Tests", "Transports", "Durable", "frames.hex");

    [Fact]
    public void Corpus_HoldsEveryKindOfFrame()
    {
        var kinds = Saved().Select(b => FrameCodec.Read(b)).Where(f => f is not null).Select(f => f!.BodyCase == Frame.BodyOneofCase.Run ? f.Run.BodyCase.ToString() : f.Control.BodyCase.ToString()).ToHashSet();
        Assert.Superset(new HashSet<string> { "Resume", "Chunk", "Acknowledgement", "Departure", "Offer", "Answer", "Beginning", "Ending" }, kinds);
        Assert.Contains(Saved(), b => FrameCodec.Read(b) is null);
    }

    [Fact]
    public void Read_Mutants_EitherParseOrAreRefusedWithinBoundedMemory()
    {
        var random = new SeededRandom(1);
        var saved = Saved().ToList();
        var refused = 0;
        for (var i = 0; i < Mutants; i++)
        {
            var mutant = Mutate(saved[random.NextInt32(saved.Count)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (FrameCodec.Read(mutant) is null) refused++;
            // The longest expansion is an empty string: two bytes on the wire, a slot of a growing list in memory.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 65_536 + 40L * mutant.Length);
        }
        Assert.InRange(refused, 1, Mutants - 1);
    }

    [Fact]
    public void Read_LongerThanAFrame_IsRefused()
    {
        var frame = new Frame { Control = new Control { Ending = new Ending { Reason = new string('x', CarrierLimits.MaximumFrameBytes) } } };
        Assert.Null(FrameCodec.Read(frame.ToByteArray()));
    }

    [Theory]
    [InlineData("sequence")]
    [InlineData("step")]
    [InlineData("prefix")]
    [InlineData("index")]
    [InlineData("offset")]
    [InlineData("content")]
    [InlineData("empty")]
    [InlineData("digest")]
    [InlineData("witness")]
    [InlineData("total")]
    public void Read_ChunkThatBreaksABound_IsRefused(string what)
    {
        var chunk = Chunk();
        Assert.NotNull(FrameCodec.Read(Of(chunk)));
        switch (what)
        {
            case "sequence": chunk.Sequence = 0; break;
            case "step": chunk.Step = "run/" + new string('x', FrameCodec.MaximumStepLength); break;
            case "prefix": chunk.Step = "runner/1"; break;
            case "index": chunk.Index = FrameCodec.MaximumIndex + 1; break;
            case "offset": chunk.Offset = 8; break;
            case "content": chunk.Total = 1; break;
            case "empty": chunk.Content = ByteString.Empty; break;
            case "digest": chunk.Digest = ByteString.CopyFrom(new byte[31]); break;
            case "witness": chunk.Witness = ByteString.Empty; break;
            case "total": chunk.Total = ulong.MaxValue; break;
        }
        Assert.Null(FrameCodec.Read(Of(chunk)));
    }

    [Fact]
    public async Task OnFrameAsync_MutantsIntoALiveChannel_NeverThrowAndTheOthersGoOn()
    {
        var folder = TestNode.TemporaryFolder();
        try
        {
            var roster = TestNode.RosterOf(2);
            var hub = new MemoryCarriers();
            await using var c = TestNode.Start(hub, roster, roster.Coordinator, folder.FullName);
            var liar = roster.Participants[0];
            c.Board.OnUp(roster[liar]);
            c.Board.ControlReceived = (_, _, _) => ValueTask.CompletedTask;
            var random = new SeededRandom(2);
            var saved = Saved().ToList();
            for (var i = 0; i < 3_000; i++)
                await c.Board.OnFrameAsync(liar, Mutate(saved[random.NextInt32(saved.Count)], random), default).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Null(c.Channel.Fault);
            await using var p2 = TestNode.Start(hub, roster, roster.Participants[1], folder.FullName);
            await p2.Channel.SendAsync(roster.Coordinator, new StepTag("run/1"), new byte[] { 3 }, default);
            Assert.Equal(3, (await c.Channel.ReceiveAsync(p2.Party.Id, new StepTag("run/1"), 1, default).AsTask().WaitAsync(TimeSpan.FromSeconds(10))).Span[0]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Chunk Chunk() => new()
    {
        Sequence = 1,
        Step = "run/1/in",
        Index = 0,
        Total = 5,
        Offset = 0,
        Digest = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData("hello"u8)),
        Witness = ByteString.CopyFrom(new byte[16]),
        Content = ByteString.CopyFrom("hello", Encoding.UTF8),
    };

    private static byte[] Of(Chunk chunk) => FrameCodec.Write(new Frame { Run = new RunFrame { Run = "run", Chunk = chunk } });

    private static IEnumerable<byte[]> Saved() => File.ReadLines(Corpus).Where(l => l.Length > 0 && l[0] != '#').Select(Convert.FromHexString);

    /// <summary>A few bytes flipped, removed, repeated or put in.</summary>
    private static byte[] Mutate(byte[] frame, SeededRandom random)
    {
        var bytes = frame.ToList();
        for (var changes = 1 + random.NextInt32(4); changes > 0; changes--)
        {
            var at = random.NextInt32(bytes.Count + 1);
            switch (random.NextInt32(5))
            {
                case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
                case 1 when at < bytes.Count: bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.NextInt32(8))); break;
                case 2: bytes.InsertRange(at, bytes.Take(random.NextInt32(64)).ToList()); break;
                case 3: bytes.InsertRange(at, Enumerable.Repeat((byte)0xFF, random.NextInt32(10))); break;
                default: bytes.Insert(at, (byte)random.NextInt32(256)); break;
            }
        }
        return [.. bytes];
    }
}
