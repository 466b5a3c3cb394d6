namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>What a gate computes.</summary>
public enum GateKind : byte
{
    /// <summary>Exclusive or: free.</summary>
    Xor,

    /// <summary>Conjunction: two rows of 16 bytes.</summary>
    And,

    /// <summary>Negation of the left input; free.</summary>
    Invert,
}
