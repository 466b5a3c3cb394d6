namespace Coterie.Cryptography.SecureAggregation;

/// <summary>What corrupt participants together with the coordinator may do.</summary>
public enum AggregationAdversary
{
    /// <summary>The coordinator follows the protocol and tells the truth about who dropped out.</summary>
    SemiHonest,

    /// <summary>
    /// The coordinator lies about drop-outs: for one participant it asks some neighbours for the key and others for the
    /// self mask, and it may declare whom it likes dropped.
    /// </summary>
    LyingCoordinator,
}
