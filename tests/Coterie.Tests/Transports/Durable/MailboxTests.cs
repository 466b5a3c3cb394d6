using Coterie.Core.Parties;
using Coterie.Federation.Transports.Durable;

namespace Coterie.Tests.Transports.Durable;

/// <summary>How much of one peer may lie unasked for.</summary>
public sealed class MailboxTests
{
    private const long Gibibyte = 1L << 30;
    private static readonly PartyId Peer = new("p1"), Other = new("p2");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HasRoom_APeerThatSendsAllItCan_StaysBelowTheBound(bool waiting)
    {
        var options = new RunChannelOptions { Roster = null!, Store = null! };
        foreach (var length in new[] { 1L << 20, 100L << 20, Gibibyte, options.MaximumMessageBytes })
        {
            var mailbox = new Mailbox(options, [], []);
            if (waiting) mailbox.Ask(new MessageKey(Peer, "run/awaited", 0), 0);
            var total = 0L;
            for (var i = 0; i < 100_000 && mailbox.HasRoom(Peer, length); i++)
            {
                mailbox.Arrived(new MessageKey(Peer, "run/junk", i), length, null, 0);
                total += length;
            }
            Assert.InRange(total, length, waiting ? options.MaximumMessageBytes + (256L << 20) : Math.Max(length, 256L << 20));
            Assert.True(mailbox.HasRoom(Other, options.MaximumMessageBytes));
        }
    }

    [Fact]
    public void HasRoom_TheLongestMessageIsAwaitedBehindAsMuchAsMayLie_IsTaken()
    {
        var options = new RunChannelOptions { Roster = null!, Store = null! };
        var mailbox = new Mailbox(options, [], []);
        for (var i = 0; mailbox.HasRoom(Peer, 1 << 20); i++) mailbox.Arrived(new MessageKey(Peer, "run/early", i), 1 << 20, null, 0);
        Assert.False(mailbox.HasRoom(Peer, options.MaximumMessageBytes));
        mailbox.Ask(new MessageKey(Peer, "run/awaited", 0), 0);
        Assert.True(mailbox.HasRoom(Peer, options.MaximumMessageBytes));
    }
}
