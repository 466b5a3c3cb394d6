using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>
/// Brings an encrypted model back to the precision it began with, between a coordinator that knows no key and an owner that must not see the model. The
/// coordinator blinds; the owner decrypts, drops bits, encrypts again, and opens both ciphertexts verifiably to one participant, which knows neither masks
/// nor key and checks that bits were dropped and nothing else: an owner could plant w + delta, spoil what the model is paid by, and subtract delta at the end.
/// Which participant checks follows from what was told so far.
/// </summary>
/// <remarks>
/// Steps: <c>owner/i</c> ([w + R] to the owner), <c>rescaled</c> (back), <c>verify</c> (to every participant: [w + R], or that another checks),
/// <c>verifier/j</c> (whom the owner opens to), <c>opening</c> (to that participant), <c>verdict</c>. A participant that is gone is replaced by the next.
/// </remarks>
internal sealed class Rescaling(Session session, OwnerKey key, StepTag round, StepTag owners)
{
    private const int DigestBytes = SHA256.HashSizeInBytes;

    private StepTag VerifyStep => round.Then("verify");

    private StepTag VerdictStep => round.Then("verdict");

    /// <summary>Lowest bits that a model in this unit has too many.</summary>
    public static int ShiftOf(Unit unit) => Math.Max(0, -HiddenModel.FractionBits - unit.Exponent);

    /// <summary>Bits that a blinded model in this unit has.</summary>
    public static int BlindedBitsOf(Unit unit) => Blinding.BitsOf(HiddenModel.Bits + ShiftOf(unit));

    /// <summary>The coordinator's side.</summary>
    /// <param name="model">The model as one column.</param>
    /// <param name="turn">How often the owner has been turned to before.</param>
    /// <param name="seed">What decides which participant checks.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<EncryptedMatrix> CoordinateAsync(EncryptedMatrix model, int turn, ReadOnlyMemory<byte> seed, CancellationToken cancellationToken)
    {
        var (shift, ownerStep) = (ShiftOf(model.Unit), owners.Then(turn));
        var valueBits = HiddenModel.Bits + shift;
        var place = round.Then("blinding");
        var kept = await DurableBytes.OnceAsync(session, place, () => Blinding.Of(model.Hidden!, valueBits, session.Random).ToBytes(), cancellationToken);
        var blinding = Blinding.Read(kept.Span, model.Rows, session.Self, place);
        var request = new RescaleRequest(turn, shift, valueBits, blinding.Masked);
        await session.Channel.SendAsync(session.Roster.ModelOwner, ownerStep, request.ToBytes(), cancellationToken);
        var rescaled = await session.Channel.ReceiveAsync(session.Roster.ModelOwner, ownerStep.Then("rescaled"), model.Rows * key.Public.CiphertextBytes, cancellationToken);
        var ciphertexts = ReadCiphertexts(rescaled.Span, model.Rows, session.Roster.ModelOwner, ownerStep.Then("rescaled"));
        await HaveVerifiedAsync(request, rescaled, seed, cancellationToken);
        var shortened = key.Public.AddPlain(ciphertexts, blinding.Removal(key.Public, shift), HiddenSumStep.Computing);
        return EncryptedMatrix.Of(shortened, model.Rows, 1, model.Unit * Unit.PowerOfTwo(shift), HiddenModel.Bits);
    }

    /// <summary>The owner's side, once it has been asked.</summary>
    public async Task OwnAsync(RescaleRequest request, int count, CancellationToken cancellationToken)
    {
        var (secret, coordinator, ownerStep) = (key.Secret!, session.Roster.Coordinator, owners.Then(request.Turn));
        var masked = ReadCiphertexts(request.Masked, count, coordinator, ownerStep);
        if (request.Shift < 1 || Blinding.BitsOf(request.ValueBits) > EncryptedMatrix.RoomOf(key.Public) || request.Shift > request.ValueBits) throw new WireReader(request.Masked, coordinator, ownerStep).Malformed("a shift that no model needs");
        var kept = await DurableBytes.OnceAsync(session, ownerStep.Then("rescaled"), () => key.Public.ToBytes(secret.Encrypt(Shorten(masked, request), session.Random, HiddenSumStep.Computing)), cancellationToken);
        await session.Channel.SendAsync(coordinator, ownerStep.Then("rescaled"), kept, cancellationToken);
        var context = Digest(request, kept.Span);
        byte[]? opening = null;
        for (var attempt = 0; ; attempt++)
        {
            var step = ownerStep.Then("verifier").Then(attempt);
            var named = await session.Channel.ReceiveAsync(coordinator, step, 256, cancellationToken);
            if (ReadVerifier(named.Span, coordinator, step) is not { } verifier) break;
            opening ??= Open(secret, masked, ReadCiphertexts(kept.Span, count, session.Self, ownerStep), kept.Span, context);
            await session.Channel.TrySendAsync(verifier, ownerStep.Then("opening"), opening, cancellationToken);
        }
    }

    /// <summary>A participant's side, once it has been told that the model is rescaled: it may be the one that checks.</summary>
    public async Task VerifyAsync(int count, CancellationToken cancellationToken)
    {
        var (coordinator, owner) = (session.Roster.Coordinator, session.Roster.ModelOwner);
        var asked = await session.Channel.ReceiveAsync(coordinator, VerifyStep, RescaleRequest.BytesOf(count * key.Public.CiphertextBytes), cancellationToken);
        if (asked.Length == 0) return;
        var request = RescaleRequest.Read(asked.Span, coordinator, VerifyStep);
        var masked = ReadCiphertexts(request.Masked, count, coordinator, VerifyStep);
        var openingStep = owners.Then(request.Turn).Then("opening");
        var openingBytes = 256 + (4 * count * key.Public.Words * sizeof(ulong));
        var opened = await session.Channel.ReceiveAsync(owner, openingStep, (count * key.Public.CiphertextBytes) + openingBytes, cancellationToken);
        var (digest, refusal) = Check(new WireReader(opened.Span, owner, openingStep), masked, request, openingStep);
        await session.Channel.SendAsync(coordinator, VerdictStep, refusal is null ? digest : ReadOnlyMemory<byte>.Empty, cancellationToken);
        if (refusal is not null) throw refusal;
    }

    private async Task HaveVerifiedAsync(RescaleRequest request, ReadOnlyMemory<byte> rescaled, ReadOnlyMemory<byte> seed, CancellationToken cancellationToken)
    {
        var (participants, owner, verifierStep) = (session.Roster.Participants, session.Roster.ModelOwner, owners.Then(request.Turn).Then("verifier"));
        var first = (int)(new BigInteger(SHA256.HashData([.. seed.Span, .. System.Text.Encoding.UTF8.GetBytes(round.Path)]), isUnsigned: true) % participants.Length);
        var expected = Digest(request, rescaled.Span);
        for (var attempt = 0; attempt < participants.Length; attempt++)
        {
            var verifier = participants[(first + attempt) % participants.Length];
            await session.Channel.SendAsync(owner, verifierStep.Then(attempt), NameVerifier(verifier), cancellationToken);
            if (!await HasVerifiedAsync(verifier, request.ToBytes(), expected, attempt, cancellationToken)) continue;
            await session.Channel.SendAsync(owner, verifierStep.Then(attempt + 1), NameVerifier(null), cancellationToken);
            foreach (var other in participants.Where(p => p != verifier)) await session.Channel.TrySendAsync(other, VerifyStep, ReadOnlyMemory<byte>.Empty, cancellationToken);
            return;
        }
        throw new ProtocolException(ProtocolErrorCode.BelowThreshold, $"No participant is left that checks how {owner} has rescaled the model at {round}.", round.Path);
    }

    /// <summary>False when the participant is gone, which is remembered: after a restart the same others have been asked.</summary>
    private async Task<bool> HasVerifiedAsync(PartyId verifier, byte[] request, byte[] expected, int attempt, CancellationToken cancellationToken)
    {
        var gone = round.Then("verifier-gone").Then(attempt);
        if (await session.Checkpoints.LoadAsync(gone.Path, cancellationToken) is not null) return false;
        try
        {
            await session.Channel.SendAsync(verifier, VerifyStep, request, cancellationToken);
            var verdict = await session.Channel.ReceiveAsync(verifier, VerdictStep, DigestBytes, cancellationToken);
            if (verdict.Length == 0)
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"{verifier} found that {session.Roster.ModelOwner} has not just rescaled the model at {round}; one of the two is to blame.", round.Path, session.Roster.ModelOwner, verifier);
            if (!verdict.Span.SequenceEqual(expected))
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"{session.Roster.ModelOwner} showed {verifier} another model at {round} than it sent back.", round.Path, session.Roster.ModelOwner);
            return true;
        }
        catch (PeerUnavailableException error) when (error.Peer == verifier)
        {
            await session.Checkpoints.SaveAsync(gone.Path, ReadOnlyMemory<byte>.Empty, cancellationToken);
            return false;
        }
    }

    private (byte[] Digest, ProtocolException? Refusal) Check(WireReader reader, Ciphertexts masked, RescaleRequest request, StepTag step)
    {
        var (owner, count) = (session.Roster.ModelOwner, masked.Count);
        var rescaled = reader.ReadExactBytes(count * key.Public.CiphertextBytes);
        var opening = reader.ReadBytes(reader.Remaining);
        reader.End();
        var digest = Digest(request, rescaled);
        var all = masked.Concat(ReadCiphertexts(rescaled, count, owner, step));
        try
        {
            var opens = PaillierOpening.Import(opening, key.Public, all.Count);
            key.Public.Verify(all, opens, digest, HiddenSumStep.Computing);
            for (var i = 0; i < count; i++)
                if (opens.Messages.ToBigInteger(key.Public, i) >> request.Shift != opens.Messages.ToBigInteger(key.Public, count + i))
                    return (digest, new ProtocolException(ProtocolErrorCode.Inconsistent, $"{owner} changed parameter {i} of the model when it was to rescale it, at {round}.", round.Path, owner));
        }
        catch (CryptographicException refused)
        {
            return (digest, new ProtocolException(ProtocolErrorCode.Inconsistent, $"{owner} did not open what it rescaled at {round}: {refused.Message}", round.Path, owner));
        }
        return (digest, null);
    }

    private Plaintexts Shorten(Ciphertexts masked, RescaleRequest request)
    {
        var opened = key.Secret!.Decrypt(masked, HiddenSumStep.Computing);
        var shortened = new BigInteger[opened.Count];
        for (var i = 0; i < shortened.Length; i++)
        {
            var value = opened.ToBigInteger(key.Public, i);
            if (value.Sign < 0 || value.GetBitLength() > Blinding.BitsOf(request.ValueBits))
                throw new ProtocolException(
                    ProtocolErrorCode.InvalidContribution, $"A parameter of the model has left the range of 2^{HiddenModel.IntegerBits} at {round}: training diverges. A smaller step or standardised features would help.", round.Path);
            shortened[i] = value >> request.Shift;
        }
        return Plaintexts.FromBigIntegers(key.Public, shortened);
    }

    private static byte[] Open(PaillierSecretKey secret, Ciphertexts masked, Ciphertexts rescaled, ReadOnlySpan<byte> rescaledBytes, byte[] context)
    {
        var writer = new WireWriter();
        writer.WriteBytes(rescaledBytes);
        writer.WriteBytes(secret.Open(masked.Concat(rescaled), context, HiddenSumStep.Computing).Export());
        return writer.ToArray();
    }

    private Ciphertexts ReadCiphertexts(ReadOnlySpan<byte> bytes, int count, PartyId sender, StepTag step) =>
        CiphertextReading.Read(bytes, key.Public, count, new WireReader(bytes, sender, step));

    /// <summary>What a verdict is about, and what the opening is bound to: this rescaling of this run, before and after.</summary>
    private byte[] Digest(RescaleRequest request, ReadOnlySpan<byte> rescaled) => ContextOf(session.Roster, owners.Then(request.Turn), request, rescaled);

    /// <inheritdoc cref="Digest"/>
    internal static byte[] ContextOf(Roster roster, StepTag step, RescaleRequest request, ReadOnlySpan<byte> rescaled)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie rescaling v1");
        writer.WriteBytes(roster.Digest.AsSpan());
        writer.WriteText(step.Path);
        writer.WriteBytes(SHA256.HashData(request.ToBytes()));
        writer.WriteBytes(SHA256.HashData(rescaled));
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    private static byte[] NameVerifier(PartyId? verifier)
    {
        var writer = new WireWriter();
        writer.WriteByte(verifier is null ? (byte)0 : (byte)1);
        if (verifier is { } named) writer.WriteText(named.Name);
        return writer.ToArray();
    }

    private PartyId? ReadVerifier(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        if (reader.ReadByte() == 0)
        {
            reader.End();
            return null;
        }
        var verifier = reader.ReadPartyId();
        reader.End();
        return session.Roster.IndexOf(verifier) >= 0 ? verifier : throw reader.Malformed($"{verifier} is no participant");
    }
}
