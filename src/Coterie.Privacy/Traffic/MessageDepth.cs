namespace Coterie.Privacy.Traffic;

/// <summary>The longest chain of messages from each party's beginning to one place; 0 where there is none, as from a party to itself before it receives anything.</summary>
/// <param name="Participants">From the participants.</param>
/// <param name="Coordinator">From the coordinator.</param>
/// <param name="Helper">From the helper.</param>
internal readonly record struct MessageDepth(long Participants, long Coordinator, long Helper)
{
    /// <summary>The longest of all.</summary>
    public long Longest => Math.Max(Participants, Math.Max(Coordinator, Helper));

    /// <summary>From one party.</summary>
    public long this[ChainParty from] => from switch { ChainParty.Participants => Participants, ChainParty.Coordinator => Coordinator, _ => Helper };

    /// <summary>So many messages after <paramref name="self"/> stood here.</summary>
    public MessageDepth Later(long messages, ChainParty self) =>
        new(Later(Participants, messages, self == ChainParty.Participants), Later(Coordinator, messages, self == ChainParty.Coordinator), Later(Helper, messages, self == ChainParty.Helper));

    /// <summary>Whichever is later, from each.</summary>
    public MessageDepth Or(MessageDepth other) => new(Math.Max(Participants, other.Participants), Math.Max(Coordinator, other.Coordinator), Math.Max(Helper, other.Helper));

    private static long Later(long depth, long messages, bool isSelf) => isSelf || depth > 0 ? depth + messages : 0;
}
