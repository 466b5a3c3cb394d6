using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SharedKey;

/// <summary>What the agreement left at a party: what was agreed in public, and at participants the group's secret.</summary>
/// <param name="Transcript">SHA-256 over who contributed to the secret, with which keys and commitments: the same at every party.</param>
/// <param name="Secret">Null at the coordinator.</param>
internal sealed record GroupKey(byte[] Transcript, GroupSecret? Secret) : IDisposable
{
    private const int TranscriptLength = SHA256.HashSizeInBytes;

    /// <summary>Where it lies on a party's disk until the run ends.</summary>
    public static StepTag PlaceOf(Roster roster) => new($"{roster.RunId}/group-secret");

    /// <summary>What this party agreed earlier, or null.</summary>
    public static async ValueTask<GroupKey?> LoadAsync(Session session, CancellationToken cancellationToken)
    {
        if (await session.Checkpoints.LoadAsync(PlaceOf(session.Roster).Path, cancellationToken) is not { } saved) return null;
        var expected = TranscriptLength + (session.IsCoordinator ? 0 : GroupSecret.Length);
        if (saved.Length != expected) throw new InvalidDataException("The stored group key is not one of this version.");
        return new GroupKey(saved[..TranscriptLength].ToArray(), session.IsCoordinator ? null : GroupSecret.Import(saved.Span[TranscriptLength..]));
    }

    /// <summary>On the disk; the secrets and messages of the agreement are not needed any more.</summary>
    public async ValueTask SaveAsync(Session session, StepTag agreement, CancellationToken cancellationToken)
    {
        var secret = Secret?.Export() ?? [];
        byte[] record = [.. Transcript, .. secret];
        try
        {
            await session.Checkpoints.SaveAsync(PlaceOf(session.Roster).Path, record, agreement, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(record);
        }
    }

    /// <summary>Removes it from the disk.</summary>
    public static ValueTask ForgetAsync(Session session, CancellationToken cancellationToken) =>
        session.Checkpoints.SaveAsync($"{session.Roster.RunId}/ended", ReadOnlyMemory<byte>.Empty, PlaceOf(session.Roster), cancellationToken);

    public void Dispose() => Secret?.Dispose();
}
