using Coterie.Core.Parties;

namespace Coterie.Conformance.Channels;

/// <summary>
/// What every transport promises to protocols: the table of docs/adding-a-transport.md. A new transport is one derived class.
/// </summary>
public abstract class ChannelConformance : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private IChannelBench _bench = null!;

    /// <summary>A coordinator, which waits so long for a silent participant, and three participants.</summary>
    protected abstract Task<IChannelBench> OpenAsync(TimeSpan patience);

    public async Task InitializeAsync() => _bench = await OpenAsync(Bound);

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    private PartyId C => _bench.Roster.Coordinator;

    private PartyId P(int index) => _bench.Roster.Participants[index];

    [Fact]
    public async Task Receive_BySender_GetsThatSendersMessage()
    {
        var step = Step("a");
        await SendAsync(P(1), C, step, [1]);
        await SendAsync(P(0), C, step, [0]);
        Assert.Equal([0], await ReceiveAsync(C, P(0), step));
        Assert.Equal([1], await ReceiveAsync(C, P(1), step));
    }

    [Fact]
    public async Task Receive_ByStep_GetsThatStepsMessageWhateverCameBefore()
    {
        for (byte i = 0; i < 50; i++) await SendAsync(P(0), C, Step("a").Then(i), [i]);
        for (var i = 49; i >= 0; i--) Assert.Equal([(byte)(i % 251)], await ReceiveAsync(C, P(0), Step("a").Then(i)));
    }

    [Fact]
    public async Task Receive_SeveralOfOneStep_ComeInTheirOrder()
    {
        for (byte i = 0; i < 50; i++) await SendAsync(P(0), C, Step("a"), [i]);
        for (byte i = 0; i < 50; i++) Assert.Equal([i], await ReceiveAsync(C, P(0), Step("a")));
    }

    [Fact]
    public async Task Receive_BeforeTheSend_Waits()
    {
        var waiting = ReceiveAsync(C, P(0), Step("a"));
        await SendAsync(P(0), C, Step("a"), [7]);
        Assert.Equal([7], await waiting);
    }

    [Fact]
    public async Task Receive_BetweenParticipantsAndBothWays_Arrives()
    {
        await Task.WhenAll(SendAsync(P(0), P(1), Step("a"), [1]), SendAsync(P(1), P(0), Step("a"), [2]), SendAsync(C, P(0), Step("a"), [3]));
        Assert.Equal([1], await ReceiveAsync(P(1), P(0), Step("a")));
        Assert.Equal([2], await ReceiveAsync(P(0), P(1), Step("a")));
        Assert.Equal([3], await ReceiveAsync(P(0), C, Step("a")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(262_144)]
    [InlineData(262_145)]
    [InlineData(3_000_000)]
    public async Task Receive_AnyLength_IsWhatWasSent(int length)
    {
        var message = Enumerable.Range(0, length).Select(i => (byte)(i % 251)).ToArray();
        await SendAsync(P(0), C, Step("a"), message);
        Assert.Equal(message, await ReceiveAsync(C, P(0), Step("a"), length));
    }

    [Fact]
    public async Task Send_BufferReusedAfterwards_TheMessageIsAsItWas()
    {
        byte[] buffer = [1, 2, 3];
        await SendAsync(P(0), C, Step("a"), buffer);
        buffer.AsSpan().Clear();
        Assert.Equal([1, 2, 3], await ReceiveAsync(C, P(0), Step("a")));
    }

    [Fact]
    public async Task Send_ManyWithNobodyReceiving_DoesNotWait()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => SendAsync(P(0), C, Step("a").Then(i), new byte[1000]))).WaitAsync(Bound);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => ReceiveAsync(C, P(0), Step("a").Then(i))));
    }

    [Fact]
    public async Task Receive_LongerThanAllowed_NamesTheSender()
    {
        await SendAsync(P(0), C, Step("a"), new byte[11]);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => ReceiveAsync(C, P(0), Step("a"), 10));
        Assert.Equal(ProtocolErrorCode.MalformedMessage, error.Code);
        Assert.Equal(P(0), Assert.Single(error.Culprits));
    }

    [Fact]
    public async Task Receive_OfASilentPeer_EndsAndTellsSilenceFromAbsence()
    {
        await _bench.DisposeAsync();
        _bench = await OpenAsync(TimeSpan.FromMilliseconds(300));
        var error = await Assert.ThrowsAsync<PeerUnavailableException>(() => ReceiveAsync(C, P(0), Step("a")));
        Assert.Equal(P(0), error.Peer);
        Assert.True(error.TimedOut);
    }

    [Fact]
    public async Task Receive_OfAPeerThatLeft_GetsWhatItSentAndThenHearsIt()
    {
        await SendAsync(P(0), C, Step("a"), [1]);
        await _bench.LeaveAsync(P(0));
        Assert.Equal([1], await ReceiveAsync(C, P(0), Step("a")));
        var error = await Assert.ThrowsAsync<PeerUnavailableException>(() => ReceiveAsync(C, P(0), Step("b")));
        Assert.False(error.TimedOut);
        // The others are not touched.
        await SendAsync(P(1), C, Step("b"), [2]);
        Assert.Equal([2], await ReceiveAsync(C, P(1), Step("b")));
    }

    [Fact]
    public async Task Receive_Cancelled_Ends()
    {
        using var source = new CancellationTokenSource();
        var waiting = _bench.Channel(P(0)).ReceiveAsync(C, Step("a"), 1, source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
    }

    [Fact]
    public async Task Receive_AfterACancelledOne_GetsTheMessage()
    {
        using var source = new CancellationTokenSource();
        var waiting = _bench.Channel(P(0)).ReceiveAsync(C, Step("a"), 1, source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        await SendAsync(C, P(0), Step("a"), [7]);
        Assert.Equal([7], await ReceiveAsync(P(0), C, Step("a")));
    }

    [Fact]
    public async Task Receive_OneStepOverAndOverWhileTheSenderIsBusy_LosesNothing()
    {
        const int Messages = 300;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++) await SendAsync(C, P(0), Step("a"), [(byte)(i % 251)]);
        });
        for (var i = 0; i < Messages; i++) Assert.Equal([(byte)(i % 251)], await ReceiveAsync(P(0), C, Step("a")).WaitAsync(Bound));
        await sending;
    }

    [Fact]
    public async Task Chunks_SentAndReceivedInPieces_AreTheMessage()
    {
        var pieces = Enumerable.Range(0, 30).Select(i => Enumerable.Repeat((byte)i, 100_000).ToArray()).ToArray();
        await _bench.Channel(P(0)).SendAsync(C, Step("a"), 3_000_000, Pieces(pieces), default).AsTask().WaitAsync(Bound);
        var received = new List<byte>();
        await foreach (var piece in _bench.Channel(C).ReceiveChunksAsync(P(0), Step("a"), 3_000_000, default)) received.AddRange(piece.ToArray());
        Assert.Equal(pieces.SelectMany(p => p), received);
    }

    [Fact]
    public async Task Chunks_AndWholeMessages_AreOneKindOfMessage()
    {
        await _bench.Channel(P(0)).SendAsync(C, Step("a"), 4, Pieces([1, 2], [3, 4]), default);
        await SendAsync(P(0), C, Step("b"), [5, 6]);
        Assert.Equal([1, 2, 3, 4], await ReceiveAsync(C, P(0), Step("a")));
        var received = new List<byte>();
        await foreach (var piece in _bench.Channel(C).ReceiveChunksAsync(P(0), Step("b"), 2, default)) received.AddRange(piece.ToArray());
        Assert.Equal([5, 6], received);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Chunks_OfAnotherLengthThanAnnounced_AreRefusedAtTheSender(int announced) => await Assert.ThrowsAsync<ArgumentException>(
        () => _bench.Channel(P(0)).SendAsync(C, Step("a"), announced, Pieces([1, 2], [3, 4]), default).AsTask());

    [Fact]
    public async Task Chunks_LongerThanAllowed_NameTheSender()
    {
        await _bench.Channel(P(0)).SendAsync(C, Step("a"), 4, Pieces([1, 2], [3, 4]), default);
        var error = await Assert.ThrowsAsync<ProtocolException>(async () =>
        {
            await foreach (var _ in _bench.Channel(C).ReceiveChunksAsync(P(0), Step("a"), 3, default)) Assert.Fail("A piece was handed out.");
        });
        Assert.Equal(P(0), Assert.Single(error.Culprits));
    }

    private StepTag Step(string name) => new StepTag(_bench.Roster.RunId).Then(name);

    private Task SendAsync(PartyId from, PartyId to, StepTag step, byte[] message) => _bench.Channel(from).SendAsync(to, step, message, default).AsTask().WaitAsync(Bound);

    private async Task<byte[]> ReceiveAsync(PartyId at, PartyId from, StepTag step, int maximumBytes = 1 << 20) =>
        (await _bench.Channel(at).ReceiveAsync(from, step, maximumBytes, default).AsTask().WaitAsync(Bound)).ToArray();

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(params byte[][] pieces)
    {
        foreach (var piece in pieces) yield return piece;
        await Task.CompletedTask;
    }
}
