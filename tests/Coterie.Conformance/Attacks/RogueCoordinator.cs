using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecretSharing;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Conformance.Attacks;

/// <summary>
/// A coordinator written by an attacker, from the messages alone: it keeps everything it sees and may tell every participant another
/// story. Where its hooks are left alone it is honest, and then has to arrive at the sum: that shows it speaks the protocol.
/// </summary>
internal sealed class RogueCoordinator : ISecureSum
{
    private const int EnvelopeBytes = ShareEnvelope.Length;

    /// <summary>Survivors as told to one recipient.</summary>
    public Func<PartyId, ImmutableArray<PartyId>, IEnumerable<PartyId>> Survivors { get; init; } = (_, all) => all;

    /// <summary>Whether a recipient is given a signer's signature.</summary>
    public Func<PartyId, PartyId, bool> PassesSignature { get; init; } = (_, _) => true;

    /// <summary>Neighbours of a participant; everybody unless set.</summary>
    public Func<int, IEnumerable<int>>? Neighbours { get; init; }

    /// <summary>Survivors as told to everybody a second time, after shares were released.</summary>
    public Func<ImmutableArray<PartyId>, IEnumerable<PartyId>>? AsksAgain { get; init; }

    /// <summary>Messages that came after asking again.</summary>
    public int AnsweredAgain { get; private set; }

    /// <summary>Runs before the first step: a sparse graph's seed is agreed there.</summary>
    public Func<Session, Task> Before { get; init; } = _ => Task.CompletedTask;

    public ConcurrentDictionary<PartyId, byte[][]> Keys { get; } = new();

    public ConcurrentDictionary<PartyId, ulong[]> Vectors { get; } = new();

    public ConcurrentDictionary<PartyId, byte[]> Signatures { get; } = new();

    /// <summary>(owner, holder) and what the holder was told of the owner: survived, so a self-mask share; else a key share.</summary>
    public ConcurrentDictionary<(PartyId Owner, PartyId Holder, bool Survived), SecretShare> Released { get; } = new();

    public IEnumerable<SecretShare> SharesOf(PartyId owner, bool survived) =>
        Released.Where(r => r.Key.Owner == owner && r.Key.Survived == survived).Select(r => r.Value);

    public async ValueTask<SumOutcome> SumAsync(Session session, SumRequest request, Blocks<Matrix>? mine, CancellationToken cancellationToken)
    {
        await Before(session);
        var roster = session.Roster;
        var all = roster.Participants;
        var keys = await CollectAsync(session, all, request.Step.Then("keys"));
        foreach (var (name, message) in keys) Keys[name] = ReadParts(message, null, 4096);
        var advertised = Present(all, keys);
        await TellAsync(session, advertised, request.Step.Then("peer-keys"), to => With(roster, advertised, Around(roster, to, advertised).Select(n => keys[n])));

        var shares = await CollectAsync(session, advertised, request.Step.Then("shares"));
        var shared = Present(advertised, shares);
        var mail = shared.SelectMany(from => Around(roster, from, advertised).Zip(ReadParts(shares[from], null, EnvelopeBytes), (to, e) => (from, to, e))).ToDictionary(m => (m.from, m.to), m => m.e);
        await TellAsync(session, shared, request.Step.Then("peer-shares"), to => With(roster, shared, Around(roster, to, shared).Select(from => mail[(from, to)])));

        foreach (var (name, message) in await CollectAsync(session, shared, request.Step.Then("masked"))) Vectors[name] = ReadVector(message, request.Length);
        var present = Present(shared, Vectors);
        await TellAsync(session, shared, request.Step.Then("survivors"), to => With(roster, Survivors(to, present), []));
        foreach (var (name, message) in await CollectAsync(session, present, request.Step.Then("consistency"))) Signatures[name] = ReadParts(message, 1, 64)[0];
        await TellAsync(session, present, request.Step.Then("peer-consistency"), to =>
        {
            var signers = present.Where(s => Signatures.ContainsKey(s) && (s == to || PassesSignature(to, s))).ToArray();
            return With(roster, signers, signers.Where(s => s != to).Select(s => Signatures[s]));
        });
        foreach (var (holder, message) in await CollectAsync(session, present, request.Step.Then("unmask")))
            Keep(roster, holder, [.. Survivors(holder, present)], message);
        if (AsksAgain is not null)
        {
            await TellAsync(session, present, request.Step.Then("survivors"), _ => With(roster, AsksAgain(present), []));
            AnsweredAgain = (await CollectAsync(session, present, request.Step.Then("consistency"))).Count + (await CollectAsync(session, present, request.Step.Then("unmask"))).Count;
        }
        return new SumOutcome(null, present);
    }

    /// <summary>What an honest coordinator would have got: self masks and the pair masks of those left out come off.</summary>
    public ulong[] Unmask(Roster roster, SumRequest request, IEnumerable<PartyId> survivors, int threshold)
    {
        var context = ContextOf(roster, request);
        var sum = new ulong[request.Length];
        var names = survivors.ToArray();
        foreach (var name in names)
        {
            TensorPrimitives.Add(sum, Vectors[name], sum);
            SelfMask.Subtract(context, name, Shamir.Reconstruct([.. SharesOf(name, survived: true)], threshold), sum);
        }
        foreach (var gone in Keys.Keys.Except(names)) RemovePairMasks(context, gone, Shamir.Reconstruct([.. SharesOf(gone, survived: false)], threshold), names, sum);
        return sum;
    }

    /// <summary>Takes the pair masks of one participant off a vector of somebody else's, or off its own.</summary>
    public void RemovePairMasks(RoundContext context, PartyId owner, byte[] scalar, IEnumerable<PartyId> peers, Span<ulong> vector)
    {
        using var key = RoundKeys.MaskKeyFromScalar(scalar, Keys[owner][1]);
        foreach (var peer in peers) PairwiseMask.Apply(context, owner, key, peer, Keys[peer][1], vector);
    }

    public static RoundContext ContextOf(Roster roster, SumRequest request) => new(roster.RunId, request.Step, request.ModelHash);

    private IEnumerable<PartyId> Around(Roster roster, PartyId name, ImmutableArray<PartyId> among)
    {
        var index = roster.IndexOf(name);
        var neighbours = Neighbours?.Invoke(index) ?? Enumerable.Range(0, roster.Participants.Length).Where(i => i != index);
        return neighbours.Select(i => roster.Participants[i]).Where(among.Contains);
    }

    private void Keep(Roster roster, PartyId holder, HashSet<PartyId> told, byte[] message)
    {
        var reader = new WireReader(message, holder, default);
        for (var left = reader.ReadInt32(0, 10_000); left > 0; left--)
        {
            var owner = roster.Participants[reader.ReadInt32(0, roster.Participants.Length - 1)];
            Released[(owner, holder, told.Contains(owner))] = SecretShare.Decode(reader.ReadExactBytes(SecretShare.EncodedLength));
        }
    }

    private static async Task<Dictionary<PartyId, byte[]>> CollectAsync(Session session, IEnumerable<PartyId> from, StepTag step)
    {
        var messages = new Dictionary<PartyId, byte[]>();
        foreach (var name in from)
        {
            try
            {
                messages[name] = (await session.Channel.ReceiveAsync(name, step, 1 << 24, default)).ToArray();
            }
            catch (PeerUnavailableException)
            {
                continue;   // it refused
            }
        }
        return messages;
    }

    private static async Task TellAsync(Session session, IEnumerable<PartyId> to, StepTag step, Func<PartyId, byte[]> message)
    {
        foreach (var name in to)
        {
            try
            {
                await session.Channel.SendAsync(name, step, message(name), default);
            }
            catch (PeerUnavailableException)
            {
                continue;
            }
        }
    }

    private static ImmutableArray<PartyId> Present<T>(IEnumerable<PartyId> names, IReadOnlyDictionary<PartyId, T> messages) => [.. names.Where(messages.ContainsKey)];

    private static byte[] With(Roster roster, IEnumerable<PartyId> set, IEnumerable<byte[]> parts)
    {
        var bits = new byte[(roster.Participants.Length + 7) / 8];
        foreach (var i in set.Select(roster.IndexOf)) bits[i / 8] |= (byte)(1 << (i % 8));
        var writer = new WireWriter();
        writer.WriteBytes(bits);
        foreach (var part in parts) writer.WriteBytes(part);
        return writer.ToArray();
    }

    private static byte[][] ReadParts(byte[] message, int? count, int maximum)
    {
        var reader = new WireReader(message, default, default);
        var parts = new List<byte[]>();
        while (reader.Remaining > 0 && parts.Count != count) parts.Add(reader.ReadBytes(maximum).ToArray());
        return [.. parts];
    }

    private static ulong[] ReadVector(byte[] message, int length)
    {
        var vector = new ulong[length];
        new WireReader(message, default, default).ReadUInt64s(vector);
        return vector;
    }
}
