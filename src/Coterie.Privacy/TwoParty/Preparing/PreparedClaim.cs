using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>
/// Sees to it that prepared material hides one thing: before a message that it masks leaves, its digest is on the disk, in a record that outlives a state that is put back. A party that comes back
/// sends the same bytes again, or nothing.
/// </summary>
/// <param name="record">The party's.</param>
/// <param name="place">The round's step and the peer.</param>
internal sealed class PreparedClaim(IOnceOnly record, StepTag place)
{
    private int _step;

    /// <summary>The next step's messages follow.</summary>
    public void Next() => _step++;

    /// <summary>Claims part of a step for one message.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.AlreadyReleased"/>: another message left before.</exception>
    public ValueTask ClaimAsync(string part, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        record.ClaimAsync(place.Then(_step).Then(part).Path, SHA256.HashData(message.Span), cancellationToken);

    /// <summary>Claims whether the round uses what was prepared, and what.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.AlreadyReleased"/>: the round began otherwise.</exception>
    public ValueTask BeginAsync(ReadOnlyMemory<byte> name, CancellationToken cancellationToken) => record.ClaimAsync(place.Then("name").Path, SHA256.HashData(name.Span), cancellationToken);
}
