namespace Coterie.Privacy.Traffic;

/// <summary>Whom a chain of messages goes through. Participants do the same at the same time, and count as one.</summary>
internal enum ChainParty
{
    /// <summary>All participants.</summary>
    Participants,

    /// <summary>The coordinator.</summary>
    Coordinator,

    /// <summary>The helper.</summary>
    Helper,
}
