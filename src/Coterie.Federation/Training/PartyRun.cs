using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy;
using Coterie.Privacy.Rosters;

namespace Coterie.Federation.Training;

/// <summary>What every party of a run agrees on, and what each of them runs: the same code in one process and on machines of their own.</summary>
/// <param name="Plan">What is trained.</param>
/// <param name="Mode">How contributions are hidden.</param>
/// <param name="Schema">Columns and target, with whatever the task declares about them.</param>
public sealed record PartyRun(TrainingPlan Plan, ModeOptions Mode, Schema Schema)
{
    /// <summary>Digest of the offer the run comes from, which says what rows train and for whom; empty in a run that nobody offers, within one process.</summary>
    public ImmutableArray<byte> Offer { get; init; } = [];

    /// <summary>Who is given the model.</summary>
    /// <exception cref="ArgumentException">The plan asks for what the mode cannot do.</exception>
    public ModelAudience ModelTo => ModeCatalogue.AudienceFor(Mode, Plan.ModelTo);

    /// <summary>The roster of a run on these terms.</summary>
    /// <param name="runId">Names the run; never used twice.</param>
    /// <param name="parties">The coordinator first, then the participants in the task's order.</param>
    /// <exception cref="ArgumentException">The mode's threshold does not fit the participants, or the parties make no roster.</exception>
    public Roster RosterOf(string runId, ImmutableArray<Party> parties)
    {
        var threshold = ModeCatalogue.ThresholdFor(Mode, parties.Count(p => p.Role == PartyRole.Participant));
        return new Roster(runId, parties, Mode.Mode, threshold, Mode.AllowSmallRoster, TermsHash());
    }

    /// <summary>Runs one party to the end: roster agreement, then every stage.</summary>
    /// <param name="session">The party's side of the run.</param>
    /// <param name="shard">Its rows; null for a party without data.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The model, or null where this party is not entitled to it.</returns>
    /// <exception cref="ProtocolException">The roster is too small, too few participants stayed, or a party broke the protocol.</exception>
    /// <exception cref="PeerUnavailableException">The run cannot go on without a peer that is gone.</exception>
    /// <exception cref="ShardException">The rows cannot be used.</exception>
    /// <exception cref="InvalidOperationException">A part of the participants will not do for the mode or the learner.</exception>
    public async Task<TrainedModel?> RunAsync(Session session, Shard? shard, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (ModeCatalogue.SamplingRefusal(Mode, Plan.Learner, Plan.SampleFraction) is { } refusal) throw new InvalidOperationException(refusal);
        await RosterAgreement.AgreeAsync(session, cancellationToken);
        var mode = ModeCatalogue.Create(Mode);
        using var keys = mode as IDisposable;
        var model = await Pipeline.RunAsync(Plan with { ModelTo = ModelTo }, session.Roster.RunId, Schema, shard is null ? [] : [shard], new ModeTrainer(mode, session), cancellationToken);
        await mode.EndAsync(session, cancellationToken);
        return model;
    }

    /// <summary>SHA-256 of the terms the parties sign: algorithms, stopping, seed, topology, length of keys, the declared schema and the whole offer.</summary>
    public byte[] TermsHash()
    {
        var writer = new WireWriter();
        writer.WriteText("coterie terms v4");
        writer.WriteText(Mode.Topology.ToString());
        writer.WriteInt32(ModeCatalogue.KeyBitsFor(Mode));
        writer.WriteInt32(Plan.Preprocessors.Length);
        foreach (var preprocessor in Plan.Preprocessors) writer.WriteText(preprocessor.Terms);
        writer.WriteText(Plan.Learner.Terms);
        writer.WriteInt32(Plan.Stop.Rounds);
        writer.WriteDouble(Plan.Stop.Tolerance ?? double.NaN);
        writer.WriteInt64(unchecked((long)Plan.Seed));
        writer.WriteInt32((int)ModelTo);
        writer.WriteDouble(Plan.SampleFraction);
        SchemaCodec.Write(writer, Schema);
        writer.WriteBytes(Offer.AsSpan());
        return SHA256.HashData(writer.WrittenMemory.Span);
    }
}
