using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Federation.Protos;
using Coterie.Federation.Training;
using Google.Protobuf;

namespace Coterie.Federation.Nodes.Offers;

/// <summary>A task that a coordinator offers.</summary>
/// <param name="Run">Names the run it would be; 1 to 128 of a-z, A-Z, 0-9, '-', '_' and '.'.</param>
/// <param name="Task">The task file's text.</param>
/// <param name="Seed">The run's public seed.</param>
/// <param name="Schema">The columns.</param>
/// <param name="Participants">Everybody it is offered to, in the task's order.</param>
/// <param name="Deadline">When the run ends at the latest; null: never.</param>
internal sealed record TaskOffer(string Run, string Task, ulong Seed, Schema Schema, ImmutableArray<PartyId> Participants, DateTimeOffset? Deadline)
{
    private const int MaximumRunCharacters = 128;
    private const int MaximumParticipants = 100_000;

    /// <summary>
    /// SHA-256 of all of it. Every party signs it with the terms, so that all train on the rows of one task: nobody is told to hold out, weigh or deal
    /// them in another way.
    /// </summary>
    public ImmutableArray<byte> Digest
    {
        get
        {
            var writer = new WireWriter();
            writer.WriteText("coterie offer v1");
            writer.WriteText(Run);
            writer.WriteText(Task);
            writer.WriteInt64(unchecked((long)Seed));
            SchemaCodec.Write(writer, Schema);
            writer.WriteInt32(Participants.Length);
            foreach (var participant in Participants) writer.WriteText(participant.Name);
            writer.WriteInt64(Deadline?.ToUnixTimeMilliseconds() ?? 0);
            return [.. SHA256.HashData(writer.WrittenMemory.Span)];
        }
    }

    /// <summary>The message that says so.</summary>
    public Offer ToMessage()
    {
        var offer = new Offer
        {
            Run = Run,
            Task = Task,
            Seed = Seed,
            Schema = ByteString.CopyFrom(SchemaCodec.ToBytes(Schema)),
            DeadlineUnixMilliseconds = Deadline?.ToUnixTimeMilliseconds() ?? 0,
        };
        offer.Participants.AddRange(Participants.Select(p => p.Name));
        return offer;
    }

    /// <summary>What a peer offers.</summary>
    /// <exception cref="ProtocolException">The message is not an offer as a coordinator makes it.</exception>
    public static TaskOffer Read(Offer offer, PartyId sender)
    {
        var step = new StepTag("offer");
        var rules = new WireReader([], sender, step);
        if (!IsRun(offer.Run)) throw rules.Malformed("a run's name has 1 to 128 letters, digits, '-', '_' and '.'");
        if (offer.Task.Length > Tasks.TaskFile.MaximumBytes) throw rules.Malformed("the task is too long");
        if (offer.Schema.Length > SchemaCodec.MaximumBytes) throw rules.Malformed("the schema is too long");
        if (offer.Participants.Count is 0 or > MaximumParticipants || !offer.Participants.All(PartyId.IsValid)) throw rules.Malformed("participants are named, 1 to 100000 of them");
        if (offer.Participants.Distinct(StringComparer.Ordinal).Count() != offer.Participants.Count) throw rules.Malformed("a participant is named twice");
        if (offer.DeadlineUnixMilliseconds is < 0 or > 253_402_300_799_999) throw rules.Malformed("the deadline is no time");
        return new TaskOffer(
            offer.Run, offer.Task, offer.Seed, SchemaCodec.Read(offer.Schema.Span, sender, step), [.. offer.Participants.Select(p => new PartyId(p))],
            offer.DeadlineUnixMilliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(offer.DeadlineUnixMilliseconds));
    }

    /// <summary>Whether a text can name a run; it also names files.</summary>
    public static bool IsRun(string run) =>
        run.Length is > 0 and <= MaximumRunCharacters && char.IsAsciiLetterOrDigit(run[0]) && run.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
