namespace Coterie.Privacy.TwoParty;

/// <summary>What steps between two parties would send, counted without sending anything.</summary>
internal sealed class TwoPartyTally
{
    /// <summary>Bytes of the first party.</summary>
    public long First { get; private set; }

    /// <summary>Bytes of the second.</summary>
    public long Second { get; private set; }

    /// <summary>Adds a message.</summary>
    public void Add(ValueHolder sender, long bytes)
    {
        if (sender == ValueHolder.First) First += bytes;
        else Second += bytes;
    }
}
