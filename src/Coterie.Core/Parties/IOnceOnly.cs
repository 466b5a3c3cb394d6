namespace Coterie.Core.Parties;

/// <summary>
/// A participant's durable record of what it has released. A claim is written before the value leaves; a party that restarts
/// may release the identical value again, and nothing else.
/// </summary>
public interface IOnceOnly
{
    /// <summary>Claims <paramref name="key"/> for the value with that digest.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.AlreadyReleased"/>: the key was claimed for another value.</exception>
    ValueTask ClaimAsync(string key, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken);
}
