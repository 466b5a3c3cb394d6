using System.Security.Cryptography;
using Coterie.Core.Parties;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>The second party's answer to what the first has prepared for a round: one byte. Where the two have not the same, or one has nothing, the round runs without.</summary>
internal static class PreparedAnswer
{
    /// <summary>Bytes of a name of material.</summary>
    public const int NameLength = SHA256.HashSizeInBytes;

    /// <summary>At the first party.</summary>
    /// <exception cref="ProtocolException">No such answer.</exception>
    public static async Task<bool> ReceiveAsync(IChannel channel, PartyId peer, StepTag tag, CancellationToken cancellationToken)
    {
        var step = tag.Then("prepared");
        var answer = await channel.ReceiveAsync(peer, step, 1, cancellationToken);
        return answer.Span switch
        {
            [0] => false,
            [1] => true,
            _ => throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{peer} sent what is no answer at {step}.", step.Path, peer),
        };
    }

    /// <summary>At the second.</summary>
    public static async Task<bool> GiveAsync(IChannel channel, PartyId peer, StepTag tag, ReadOnlyMemory<byte> offered, ReadOnlyMemory<byte> mine, CancellationToken cancellationToken)
    {
        var isSame = offered.Span.SequenceEqual(mine.Span);
        await channel.SendAsync(peer, tag.Then("prepared"), (byte[])[isSame ? (byte)1 : (byte)0], cancellationToken);
        return isSame;
    }
}
