using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.Stages;
using Coterie.Privacy.Sums;
using Coterie.Privacy.Sums.SecureAggregation;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>
/// Every participant splits its numbers x into x - r for the coordinator and r for the helper, r uniform modulo 2^64 and on its disk before anything leaves; then both agree on whose numbers
/// have arrived at both.
/// </summary>
/// <remarks>
/// 1. <c>rows</c>, <c>share</c>: participants to both. 2. <c>arrived</c>: the helper says who, and with how many rows. 3. <c>members</c>: the coordinator says who is in; the helper insists that they are enough.
/// </remarks>
internal sealed class SharingStep<TModel>(StageRun<TModel> run, SharedForms<TModel> forms, StepTag step) where TModel : class
{
    private Session Session => run.Session;

    private PartyId Helper => Session.Roster.Helper!.Value;

    /// <summary>A participant's side. It may leave afterwards.</summary>
    /// <param name="prepared">Its rows, prepared by the learner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ShardException">A number is too large to be shared.</exception>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorCode.AlreadyReleased"/>: other numbers were shared before.</exception>
    public async Task ShareAsync(Shard prepared, CancellationToken cancellationToken)
    {
        var rows = RowShapes.Of(prepared);
        var form = forms.Of(rows);
        if (form.Length > SharedForm.MostEntries)
            throw new ShardException($"{prepared.Rows} rows make {form.Length} numbers to share; at most {SharedForm.MostEntries} are accepted.");
        ulong[] hidden, mask;
        using (Session.Times.Measure(step, Activity.Computing))
        {
            hidden = form.Encode(forms.Compute(prepared));
            var secret = await TwoPartySeeds.DurableSecretAsync(Session, step.Then("secret"), cancellationToken);
            mask = new ulong[hidden.Length];
            CryptographicRandom.Expanding(secret.Span).Fill(MemoryMarshal.AsBytes(mask.AsSpan()));
            for (var i = 0; i < mask.Length; i++) hidden[i] = unchecked(hidden[i] - mask[i]);
        }
        await Session.OnceOnly.ClaimAsync(step.Then("share").Path, SHA256.HashData([.. rows.ToBytes(), .. Digest(hidden), .. Digest(mask)]), cancellationToken);
        using var measured = Session.Times.Measure(step, Activity.Summing);
        await SendAsync(Session.Roster.Coordinator, rows, hidden, cancellationToken);
        await SendAsync(Helper, rows, mask, cancellationToken);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(mask.AsSpan()));
    }

    /// <summary>The coordinator's and the helper's side.</summary>
    /// <exception cref="ProtocolException">Too few participants shared, or one told the two different sizes.</exception>
    public async Task<ImmutableArray<ArrivedShares>> GatherAsync(CancellationToken cancellationToken)
    {
        using var measured = Session.Times.Measure(step, Activity.Summing);
        ArrivedShares?[] arrived = await Task.WhenAll(Session.Roster.Participants.Select(p => ReceiveAsync(p, cancellationToken)));
        var members = Session.IsCoordinator ? await CoordinateAsync(arrived, cancellationToken) : await FollowAsync(arrived, cancellationToken);
        foreach (var i in members.Indices)
            Session.Transcript.Record(new Opening($"how many rows {Session.Roster.Participants[i]} has", Session.Self, step, 1, 0));
        return [.. members.Indices.Select(i => arrived[i]!)];
    }

    private async Task SendAsync(PartyId to, RowShapes rows, ulong[] share, CancellationToken cancellationToken)
    {
        await Session.Channel.SendAsync(to, step.Then("rows"), rows.ToBytes(), cancellationToken);
        await Session.Channel.SendVectorAsync(to, step.Then("share"), share.Length, (at, piece) => share.AsSpan(at, piece.Length).CopyTo(piece), cancellationToken);
    }

    /// <summary>Null where the participant is gone.</summary>
    private async Task<ArrivedShares?> ReceiveAsync(PartyId participant, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> message;
        try
        {
            message = await Session.Channel.ReceiveAsync(participant, step.Then("rows"), RowShapes.Length, cancellationToken);
        }
        catch (PeerUnavailableException error) when (error.Peer == participant)
        {
            return null;
        }
        var rows = RowShapes.Read(message.Span, forms.Like, participant, step.Then("rows"));
        var form = FormOf(rows, participant);
        await using var vector = await ArrivedVector.ReceiveAsync(Session.Channel, participant, step.Then("share"), (int)form.Length, cancellationToken);
        if (vector is null) return null;
        var share = new ulong[form.Length];
        await vector.ReadAsync((at, piece) => piece.CopyTo(share.AsSpan(at)), cancellationToken);
        return new ArrivedShares(participant, rows, form, share);
    }

    private SharedForm FormOf(RowShapes rows, PartyId participant)
    {
        if (rows.Rows >= 1 && rows.Rows <= run.Schema.TotalRows && forms.Of(rows) is { Length: <= SharedForm.MostEntries } form) return form;
        throw new ProtocolException(ProtocolErrorCode.MalformedMessage, $"{participant} says at {step} that it has {rows.Rows} rows, of {run.Schema.TotalRows} in all.", step.Path, participant);
    }

    private async Task<ParticipantSet> CoordinateAsync(ArrivedShares?[] arrived, CancellationToken cancellationToken)
    {
        var roster = Session.Roster;
        var told = await Session.Channel.ReceiveAsync(Helper, step.Then("arrived"), MaximumBytes, cancellationToken);
        var (theirs, rows) = Read(told.Span);
        var members = ParticipantSet.Of(roster, theirs.Indices.Where(i => arrived[i] is not null).Select(i => roster.Participants[i]));
        foreach (var i in members.Indices)
            if (rows[i] != arrived[i]!.Rows)
                throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"{roster.Participants[i]} told {Helper} at {step} of other rows than {Session.Self}.", step.Path, roster.Participants[i]);
        members.RequireEnough(Session, step);
        var writer = new WireWriter();
        members.Write(writer);
        await Session.Channel.SendAsync(Helper, step.Then("members"), writer.WrittenMemory, cancellationToken);
        return members;
    }

    private async Task<ParticipantSet> FollowAsync(ArrivedShares?[] arrived, CancellationToken cancellationToken)
    {
        var roster = Session.Roster;
        var mine = ParticipantSet.Of(roster, arrived.OfType<ArrivedShares>().Select(a => a.From));
        var writer = new WireWriter();
        mine.Write(writer);
        foreach (var i in mine.Indices) writer.WriteBytes(arrived[i]!.Rows.ToBytes());
        await Session.Channel.SendAsync(roster.Coordinator, step.Then("arrived"), writer.WrittenMemory, cancellationToken);
        var told = await Session.Channel.ReceiveAsync(roster.Coordinator, step.Then("members"), MaximumBytes, cancellationToken);
        var reader = new WireReader(told.Span, roster.Coordinator, step.Then("members"));
        var members = ParticipantSet.Read(ref reader, roster);
        reader.End();
        if (!members.IsSubsetOf(mine))
            throw new ProtocolException(ProtocolErrorCode.Inconsistent, $"The coordinator counts participants at {step} whose shares have not arrived at {Session.Self}.", step.Path, roster.Coordinator);
        // A model of few participants says much about each: the helper does not leave it to the coordinator how many there are.
        members.RequireEnough(Session, step);
        return members;
    }

    private (ParticipantSet Members, RowShapes?[] Rows) Read(ReadOnlySpan<byte> told)
    {
        var reader = new WireReader(told, Helper, step.Then("arrived"));
        var members = ParticipantSet.Read(ref reader, Session.Roster);
        var rows = new RowShapes?[Session.Roster.Participants.Length];
        foreach (var i in members.Indices) rows[i] = RowShapes.Read(reader.ReadExactBytes(RowShapes.Length), forms.Like, Helper, step.Then("arrived"));
        reader.End();
        return (members, rows);
    }

    private int MaximumBytes => 64 + (Session.Roster.Participants.Length * (RowShapes.Length + sizeof(int) + 1));

    private static byte[] Digest(ulong[] values) => VectorStream.Digest(values.Length, (at, piece) => values.AsSpan(at, piece.Length).CopyTo(piece));
}
