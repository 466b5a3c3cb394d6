using Coterie.Privacy.Traffic;

namespace Coterie.Privacy.TwoParty;

/// <summary>What steps between two parties would send, counted without sending anything. The first party is the coordinator.</summary>
/// <param name="second">Who the second one is.</param>
internal sealed class TwoPartyTally(ChainParty second)
{
    /// <summary>Bytes of the first party.</summary>
    public long First { get; private set; }

    /// <summary>Bytes of the second.</summary>
    public long Second { get; private set; }

    /// <summary>Messages of the first party.</summary>
    public long FirstMessages { get; private set; }

    /// <summary>Messages of the second.</summary>
    public long SecondMessages { get; private set; }

    /// <summary>Which messages wait for which.</summary>
    public MessageChain Chain { get; private set; }

    /// <summary>Adds a message that the other party waits for before it does anything else.</summary>
    public void Add(ValueHolder sender, long bytes) => Receive(sender, Send(sender, bytes));

    /// <summary>Adds a message.</summary>
    /// <returns>Where it stands, for when the other party receives it.</returns>
    public MessageDepth Send(ValueHolder sender, long bytes)
    {
        if (sender == ValueHolder.First) (First, FirstMessages) = (First + bytes, FirstMessages + 1);
        else (Second, SecondMessages) = (Second + bytes, SecondMessages + 1);
        return Chain.DepthOf(PartyOf(sender));
    }

    /// <summary>The other party receives what <paramref name="sender"/> has sent.</summary>
    public void Receive(ValueHolder sender, MessageDepth depth) => Chain = Chain.Received(sender == ValueHolder.First ? second : ChainParty.Coordinator, depth);

    /// <summary>Adds steps that were counted before, after these.</summary>
    public void Add(TwoPartyTally next)
    {
        (First, Second, Chain) = (First + next.First, Second + next.Second, Chain.Then(next.Chain));
        (FirstMessages, SecondMessages) = (FirstMessages + next.FirstMessages, SecondMessages + next.SecondMessages);
    }

    /// <summary>What is counted so far.</summary>
    public TwoPartyTally Copy()
    {
        var copy = new TwoPartyTally(second);
        copy.Add(this);
        return copy;
    }

    private ChainParty PartyOf(ValueHolder holder) => holder == ValueHolder.First ? ChainParty.Coordinator : second;
}
