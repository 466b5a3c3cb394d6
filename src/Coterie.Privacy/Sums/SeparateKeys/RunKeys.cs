using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>What the exchange of keys left at a party: the keys of all who announced some in time, and at participants their own secrets.</summary>
/// <param name="Members">Who announced keys.</param>
/// <param name="Keys">Their keys, by their position among the participants.</param>
/// <param name="Transcript">SHA-256 over all of these: the same at every party.</param>
/// <param name="Own">Null at the coordinator.</param>
internal sealed record RunKeys(ParticipantSet Members, IReadOnlyDictionary<int, AnnouncedKeys> Keys, byte[] Transcript, OwnKeys? Own) : IDisposable
{
    /// <summary>Where a party keeps them until the run ends.</summary>
    public static StepTag PlaceOf(Roster roster) => new($"{roster.RunId}/own-keys");

    public static RunKeys Of(Roster roster, ParticipantSet members, IReadOnlyDictionary<int, AnnouncedKeys> keys, OwnKeys? own)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie separate keys transcript v1");
        writer.WriteBytes(roster.Digest.AsSpan());
        members.Write(writer);
        foreach (var member in members.Indices) keys[member].Write(writer);
        return new RunKeys(members, keys, SHA256.HashData(writer.WrittenMemory.Span), own);
    }

    /// <summary>What this party exchanged earlier, or null. The keys are checked again.</summary>
    public static async ValueTask<RunKeys?> LoadAsync(Session session, PaillierKeySize size, CancellationToken cancellationToken)
    {
        if (await session.Checkpoints.LoadAsync(PlaceOf(session.Roster).Then("exchanged").Path, cancellationToken) is not { } saved) return null;
        var own = session.IsCoordinator ? null : await OwnKeys.OfAsync(session, size, cancellationToken);
        return Read(session, size, saved.Span, own);
    }

    /// <summary>On the disk; the messages of the exchange are not needed any more.</summary>
    public ValueTask SaveAsync(Session session, StepTag exchange, CancellationToken cancellationToken)
    {
        var writer = new WireWriter();
        Members.Write(writer);
        foreach (var member in Members.Indices) Keys[member].Write(writer);
        return session.Checkpoints.SaveAsync(PlaceOf(session.Roster).Then("exchanged").Path, writer.WrittenMemory, exchange, cancellationToken);
    }

    /// <summary>Removes keys and secrets from the disk.</summary>
    public static ValueTask ForgetAsync(Session session, CancellationToken cancellationToken) =>
        session.Checkpoints.SaveAsync($"{session.Roster.RunId}/ended", ReadOnlyMemory<byte>.Empty, PlaceOf(session.Roster), cancellationToken);

    public void Dispose()
    {
        Own?.Dispose();
        foreach (var keys in Keys.Values) keys.Paillier.Dispose();
    }

    private static RunKeys Read(Session session, PaillierKeySize size, ReadOnlySpan<byte> saved, OwnKeys? own)
    {
        var place = PlaceOf(session.Roster);
        var reader = new WireReader(saved, session.Self, place);
        var members = ParticipantSet.Read(ref reader, session.Roster);
        var keys = new Dictionary<int, AnnouncedKeys>();
        foreach (var member in members.Indices)
        {
            var paillier = reader.ReadExactBytes(size.PublicKeyBytes);
            keys[member] = AnnouncedKeys.Check(paillier, reader.ReadExactBytes(AgreementKey.PublicKeyLength), size, session.Roster.Participants[member], place);
        }
        reader.End();
        return Of(session.Roster, members, keys, own);
    }
}
