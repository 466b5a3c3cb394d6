using System.Security.Cryptography;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// Step 5: the coordinator tells all who was added, with a digest of every recipient's sum, and returns to each the sum under its key. All are told all
/// digests, so that what one is given is bound into the chain of everybody.
/// </summary>
internal static class ReturnedSums
{
    /// <summary>Tells everybody that can be reached; gives the digest of what all were told.</summary>
    public static async Task<byte[]> TellAsync(Session session, StepTag sum, CiphertextLayout layout, ParticipantSet survivors, ulong[][] sums, CancellationToken cancellationToken)
    {
        var writer = new WireWriter();
        survivors.Write(writer);
        foreach (var words in sums) writer.WriteBytes(DigestOf(words));
        for (var i = 0; i < sums.Length; i++)
        {
            var (name, words) = (layout.Recipients[i].Name, sums[i]);
            if (!await session.Channel.TrySendAsync(name, sum.Then("added"), writer.WrittenMemory, cancellationToken)) continue;
            try
            {
                await session.Channel.SendVectorAsync(name, sum.Then("total"), words.Length, (start, piece) => words.AsSpan(start, piece.Length).CopyTo(piece), cancellationToken);
            }
            catch (PeerUnavailableException error) when (error.Peer == name)
            {
                // It has dropped out.
            }
        }
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    /// <summary>Waits for it; opens the sum under this participant's key.</summary>
    /// <exception cref="PeerUnavailableException">The coordinator is gone or silent.</exception>
    /// <exception cref="ProtocolException">The coordinator returned something else than it told everybody; or the sum is out of range.</exception>
    public static async Task<(ParticipantSet Survivors, ulong[] Sum, byte[] Digest)> HearAsync(
        Session session, SumRequest request, CiphertextLayout layout, OwnKeys own, SumChecks checks, CancellationToken cancellationToken)
    {
        var (coordinator, step) = (session.Roster.Coordinator, request.Step.Then("total"));
        var maximum = 64 + session.Roster.Participants.Length + (layout.Recipients.Length * (SHA256.HashSizeInBytes + sizeof(int)));
        var told = await session.Channel.ReceiveAsync(coordinator, request.Step.Then("added"), maximum, cancellationToken);
        var (survivors, expected) = Read(session, request.Step.Then("added"), layout, told.Span);
        await using var vector = await ArrivedVector.ReceiveAsync(session.Channel, coordinator, step, layout.WordsPerRecipient, cancellationToken)
            ?? throw new PeerUnavailableException(coordinator, step, "no total came");
        var words = new ulong[layout.WordsPerRecipient];
        await vector.ReadAsync((start, piece) => piece.CopyTo(words.AsSpan(start)), cancellationToken);
        if (!DigestOf(words).AsSpan().SequenceEqual(expected))
            throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator returned another sum to {session.Self} at {step} than it told everybody.", step.Path, coordinator);
        return (survivors, Open(layout, own.Paillier, words, checks.Expected(survivors), survivors.Count, step, coordinator), SHA256.HashData(told.Span));
    }

    private static (ParticipantSet Survivors, byte[] Expected) Read(Session session, StepTag step, CiphertextLayout layout, ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message, session.Roster.Coordinator, step);
        var survivors = ParticipantSet.Read(ref reader, session.Roster);
        byte[] expected = [];
        foreach (var recipient in layout.Recipients)
        {
            var digest = reader.ReadExactBytes(SHA256.HashSizeInBytes);
            if (recipient.Name == session.Self) expected = digest.ToArray();
        }
        reader.End();
        survivors.RequireEnough(session, step);
        return (survivors, expected);
    }

    private static ulong[] Open(CiphertextLayout layout, PaillierSecretKey key, ulong[] words, ulong[] expected, int contributors, StepTag step, PartyId coordinator)
    {
        var values = new ulong[layout.Values];
        for (var batch = 0; batch < layout.Batches; batch++)
        {
            var count = layout.CountOf(batch);
            var (first, length) = layout.EntriesOf(batch);
            var opened = key.Decrypt(ReadFrom(layout, key.PublicKey, words, batch, count, step, coordinator), CiphertextLayout.Computing);
            try
            {
                var sums = layout.Packing.Unpack(key.PublicKey, opened, length + count, contributors);
                for (var (i, entry) = (0, first); i < sums.Length; i++)
                {
                    if (i % layout.Slots != 0) values[entry++] = unchecked((ulong)(long)InRange(sums[i], contributors, step));   // two's complement
                    else if (unchecked((ulong)sums[i]) != expected[(batch * CiphertextLayout.Batch) + (i / layout.Slots)]) throw OutOfRange(contributors, step);
                }
            }
            catch (CryptographicException)
            {
                throw OutOfRange(contributors, step);
            }
        }
        return values;
    }

    private static Ciphertexts ReadFrom(CiphertextLayout layout, PaillierPublicKey key, ulong[] words, int batch, int count, StepTag step, PartyId coordinator)
    {
        try
        {
            return CiphertextLayout.Read(key, words.AsSpan(batch * CiphertextLayout.Batch * layout.WordsEach, count * layout.WordsEach), count);
        }
        catch (CryptographicException refused)
        {
            throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"Message from {coordinator} at {step} holds what is no ciphertext: {refused.Message}", step.Path, coordinator);
        }
    }

    private static Int128 InRange(Int128 sum, int contributors, StepTag step) => sum >= long.MinValue && sum <= long.MaxValue ? sum : throw OutOfRange(contributors, step);

    private static ProtocolException OutOfRange(int contributors, StepTag step) => new(
        ProtocolErrorCode.Inconsistent, $"The sum at {step} is not that of {contributors} contributions within their range, each with its sender's checks: masked input was not what its sender's masks belong to, or the coordinator returned another sum.", step.Path);

    private static byte[] DigestOf(ulong[] words) => VectorStream.Digest(words.Length, (start, piece) => words.AsSpan(start, piece.Length).CopyTo(piece));
}
