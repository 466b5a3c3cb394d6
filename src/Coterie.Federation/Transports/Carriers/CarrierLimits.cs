namespace Coterie.Federation.Transports.Carriers;

/// <summary>Bounds that hold for every carrier, checked before anything is allocated.</summary>
internal static class CarrierLimits
{
    /// <summary>Longest frame: a chunk and its header, small enough that a thousand parties' buffers fit into memory.</summary>
    public const int MaximumFrameBytes = ChunkBytes + (64 << 10);

    /// <summary>Bytes of a message that travel in one frame: at 256 KiB the costs per frame no longer show.</summary>
    public const int ChunkBytes = 256 << 10;
}
