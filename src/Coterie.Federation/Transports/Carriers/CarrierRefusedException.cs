namespace Coterie.Federation.Transports.Carriers;

/// <summary>The other side will not talk to this party, and trying again does not help. The message says what would be accepted.</summary>
public sealed class CarrierRefusedException(string message, Exception? inner = null) : IOException(message, inner);
