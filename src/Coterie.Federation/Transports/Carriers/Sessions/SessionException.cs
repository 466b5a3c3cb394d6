namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>A message of a session's exchange, or a sealed frame, that is not the peer's. The message says what is wrong; it holds no secrets.</summary>
internal sealed class SessionException(string message, Exception? cause = null) : IOException(message, cause);
