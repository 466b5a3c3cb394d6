using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>
/// A participant's secrets of one sum, on its own disk before anything that depends on them leaves: after a restart it masks with the same
/// keys, deals the same shares and so sends the same bytes. They go when the round's checkpoint lets go of the step.
/// </summary>
/// <param name="Keys">The round's key pairs and self-mask seed.</param>
/// <param name="Dealing">Draws the polynomials of the shares.</param>
internal sealed record DurableSecrets(RoundKeys Keys, CryptographicRandom Dealing) : IDisposable
{
    /// <summary>Those of this sum, drawn afresh unless it was begun before.</summary>
    public static async ValueTask<DurableSecrets> OfAsync(AggregationRound round, CancellationToken cancellationToken)
    {
        var step = round.Step("secrets");
        if (await round.Session.Checkpoints.LoadAsync(step.Path, cancellationToken) is { } saved) return Read(saved.Span);
        var record = new byte[RecordLength];
        var keys = RoundKeys.Create(round.Session.Random);
        var exported = keys.Export();
        exported.CopyTo(record, 0);
        round.Session.Random.Fill(record.AsSpan(RoundKeys.ExportedLength));
        try
        {
            await round.Session.Checkpoints.SaveAsync(step.Path, record, cancellationToken);
            return new DurableSecrets(keys, CryptographicRandom.Expanding(record.AsSpan(RoundKeys.ExportedLength)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(exported);
            CryptographicOperations.ZeroMemory(record);
        }
    }

    private const int RecordLength = RoundKeys.ExportedLength + CryptographicRandom.SecretLength;

    private static DurableSecrets Read(ReadOnlySpan<byte> record) => record.Length == RecordLength
        ? new DurableSecrets(RoundKeys.Import(record[..RoundKeys.ExportedLength]), CryptographicRandom.Expanding(record[RoundKeys.ExportedLength..]))
        : throw new InvalidDataException("The stored secrets of this round are not those of this version.");

    public void Dispose() => Keys.Dispose();
}
