namespace Coterie.Federation.Transports.Carriers;

/// <summary>Bounds that hold for every carrier, checked before anything is allocated.</summary>
internal static class CarrierLimits
{
    /// <summary>Longest frame: small enough that a thousand parties' buffers fit into memory.</summary>
    public const int MaximumFrameBytes = (256 << 10) + (64 << 10);

    /// <summary>
    /// Bytes of a message that travel in one frame: below the size from which the collector counts arrays among the large objects, which it lets
    /// pile up to the size of all that live; and far above a frame's header.
    /// </summary>
    public const int ChunkBytes = 64 << 10;
}
