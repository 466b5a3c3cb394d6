using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>What a round's material is called, at both parties, and the start point of its circuits.</summary>
/// <param name="Name">32 bytes.</param>
/// <param name="Start">The garbler's.</param>
internal sealed record PreparedHead(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Start)
{
    /// <summary>Where it lies.</summary>
    public static string KeyOf(StepTag place) => place.Then("head").Path;

    /// <summary>Where a round's material with a peer lies: within the round, with which it goes.</summary>
    public static StepTag PlaceOf(StepTag round, PartyId peer) => round.Then("prepared").Then(peer.Name);

    public byte[] ToBytes() => [.. Name.Span, .. Start.Span];

    /// <summary>Null where nothing is prepared.</summary>
    /// <exception cref="InvalidDataException">It was altered.</exception>
    public static async ValueTask<PreparedHead?> LoadAsync(ICheckpoints checkpoints, StepTag place, CancellationToken cancellationToken)
    {
        if (await checkpoints.LoadAsync(KeyOf(place), cancellationToken) is not { } saved) return null;
        return saved.Length == SHA256.HashSizeInBytes + Garbler.StartLength
            ? new PreparedHead(saved[..SHA256.HashSizeInBytes], saved[SHA256.HashSizeInBytes..])
            : throw new InvalidDataException($"What was prepared at {place} has a head of {saved.Length} bytes.");
    }
}
