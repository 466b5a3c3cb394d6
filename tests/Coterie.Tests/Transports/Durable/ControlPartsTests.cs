using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Coterie.Federation.Transports.Durable;
using Coterie.Tests.Nodes.Support;
using Google.Protobuf;

namespace Coterie.Tests.Transports.Durable;

/// <summary>Controls longer than a frame.</summary>
public sealed class ControlPartsTests
{
    private static readonly Party Coordinator = new(new PartyId("coordinator"), PartyRole.Coordinator, []);
    private static readonly Party Clinic = new(new PartyId("clinic-1"), PartyRole.Participant, []);

    [Theory]
    [InlineData(10, 1)]
    [InlineData(CarrierLimits.MaximumFrameBytes, 6)]
    [InlineData(1_000_000, 16)]
    public void Cut_OfAnyLength_FitsIntoFramesAndComesTogether(int length, int frames)
    {
        var control = Of(length);
        var cut = ControlParts.Cut(control, 7).ToArray();
        Assert.Equal(frames, cut.Length);
        Assert.All(cut, f => Assert.InRange(f.Length, 1, CarrierLimits.MaximumFrameBytes));
        Assert.Equal(control, frames == 1 ? FrameCodec.Read(cut[0])!.Control : Join(new ControlParts(), cut));
    }

    [Fact]
    public void Cut_OfTheLongest_ComesTogether_AndLongerIsRefused()
    {
        var control = Of(ControlParts.MaximumControlBytes - 100);
        Assert.Equal(control, Join(new ControlParts(), [.. ControlParts.Cut(control, 1)]));
        Assert.Throws<ArgumentException>(() => ControlParts.Cut(Of(ControlParts.MaximumControlBytes), 1));
    }

    /// <summary>A connection that was lost in the middle leaves a beginning; the control comes again from its first part.</summary>
    [Fact]
    public void Take_BegunAnew_IsTheNewControl()
    {
        var parts = new ControlParts();
        Assert.Null(Join(parts, ControlParts.Cut(Of(400_000), 1).Take(3).ToArray()));
        var second = Of(500_000);
        Assert.Equal(second, Join(parts, [.. ControlParts.Cut(second, 2)]));
    }

    [Theory]
    [InlineData("skipped")]
    [InlineData("repeated")]
    [InlineData("another's")]
    [InlineData("other count")]
    public void Take_AnotherThanTheNext_DropsTheControl(string defect)
    {
        var cut = ControlParts.Cut(Of(400_000), 1).Select(f => FrameCodec.Read(f)!.Part).ToArray();
        var parts = new ControlParts();
        Assert.True(parts.Take(cut[0], out _));
        var wrong = defect switch
        {
            "skipped" => cut[2],
            "repeated" => cut[0].Clone(),
            "another's" => With(cut[1], p => p.Control = 9),
            _ => With(cut[1], p => p.Count = 9),
        };
        // A first part is the beginning of another control, not a defect; that of this one is over either way.
        Assert.Equal(defect == "repeated", parts.Take(wrong, out _));
        if (defect == "repeated") Assert.True(parts.Take(cut[1], out _));
        else Assert.False(parts.Take(cut[1], out _));
    }

    [Fact]
    public void Read_OfAPartOutsideOfTheBounds_IsNone()
    {
        var part = FrameCodec.Read(ControlParts.Cut(Of(400_000), 1).First())!.Part;
        Assert.NotNull(Read(part));
        Action<ControlPart>[] defects = [
            p => p.Count = 1, p => p.Count = 0, p => p.Count = 257, p => p.Count = uint.MaxValue, p => p.Index = p.Count, p => p.Content = ByteString.Empty,
            p => p.Content = ByteString.CopyFrom(new byte[10]), p => p.Content = ByteString.CopyFrom(new byte[CarrierLimits.ChunkBytes + 1])];
        foreach (var defect in defects) Assert.Null(Read(With(part, defect)));
    }

    /// <summary>A coordinator holds thousands of connections: only what it says itself may be long.</summary>
    [Theory]
    [InlineData(PartyRole.Coordinator, 1)]
    [InlineData(PartyRole.Participant, 0)]
    [InlineData(PartyRole.Helper, 0)]
    public async Task OnFrame_PartsOfAParty_AreTakenFromTheCoordinatorOnly(PartyRole role, int taken)
    {
        var board = new Switchboard(new MemoryHub().Connect(Clinic));
        var received = new List<Control>();
        board.ControlReceived = (_, control, _) =>
        {
            received.Add(control);
            return ValueTask.CompletedTask;
        };
        var sender = new Party(new PartyId("sender"), role, []);
        board.OnUp(sender);
        foreach (var frame in ControlParts.Cut(Of(400_000), 1)) await board.OnFrameAsync(sender.Id, frame, CancellationToken.None);
        Assert.Equal(taken, received.Count);
        Assert.Equal(taken == 1, board.Refused(sender.Id) == 0);
    }

    [Fact]
    public async Task SendControl_SeveralLongOnesAtOnce_AllArrive()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var hub = new MemoryHub();
        var (from, to) = (new Switchboard(hub.Connect(Coordinator)), new Switchboard(hub.Connect(Clinic)));
        var received = System.Threading.Channels.Channel.CreateUnbounded<Control>();
        to.ControlReceived = (_, control, token) => received.Writer.WriteAsync(control, token);
        Task[] carrying = [from.Carrier.RunAsync(from, stop.Token), to.Carrier.RunAsync(to, stop.Token)];
        while (from.Connected(Clinic.Id) is null || to.Connected(Coordinator.Id) is null) await Task.Delay(5, stop.Token);
        var sent = Enumerable.Range(0, 8).Select(k => Of(400_000 + k)).ToArray();
        Assert.All(await Task.WhenAll(sent.Select(c => Task.Run(() => from.SendControlAsync(Clinic.Id, c, stop.Token).AsTask()))), Assert.True);
        var lengths = new HashSet<int>();
        while (lengths.Count < sent.Length) lengths.Add((await received.Reader.ReadAsync(stop.Token)).Ending.Reason.Length);
        Assert.Equal(Enumerable.Range(0, 8).Select(k => 400_000 + k), lengths.Order());
        await stop.CancelAsync();
        foreach (var task in carrying) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
    }

    private static Control Of(int length) => new() { Ending = new Ending { Run = "trial-1", Reason = new string('x', length) } };

    private static Control? Join(ControlParts parts, byte[][] frames)
    {
        Control? control = null;
        foreach (var frame in frames) Assert.True(parts.Take(FrameCodec.Read(frame)!.Part, out control));
        return control;
    }

    private static ControlPart With(ControlPart part, Action<ControlPart> change)
    {
        var changed = part.Clone();
        change(changed);
        return changed;
    }

    private static Frame? Read(ControlPart part) => FrameCodec.Read(FrameCodec.Write(new Frame { Part = part }));
}
