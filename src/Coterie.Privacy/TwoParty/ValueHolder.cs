namespace Coterie.Privacy.TwoParty;

/// <summary>Which of two computing parties knows a value.</summary>
internal enum ValueHolder
{
    /// <summary>The first.</summary>
    First,

    /// <summary>The second.</summary>
    Second,

    /// <summary>Both: it is public.</summary>
    Both,

    /// <summary>Neither: each holds an additive share.</summary>
    Neither,
}
