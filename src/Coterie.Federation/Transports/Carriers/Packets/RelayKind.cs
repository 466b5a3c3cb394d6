namespace Coterie.Federation.Transports.Carriers.Packets;

/// <summary>What is passed on between two parties; the number is its field's in <c>packet.proto</c>.</summary>
internal enum RelayKind
{
    /// <summary>A session's first message.</summary>
    Offer = 2,

    /// <summary>Its second.</summary>
    Answer = 3,

    /// <summary>Its third.</summary>
    Confirm = 4,

    /// <summary>A request for an offer.</summary>
    Request = 5,

    /// <summary>An encrypted frame.</summary>
    Sealed = 6,
}
