using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks.SharedKey;

/// <summary>
/// A coordinator written by an attacker: it verifies nothing that would stop it, and passes on what it likes. Sums it leaves to the honest code, over a
/// network that alters what it sends. Where its hooks are left alone it is honest.
/// </summary>
internal sealed class RogueHiddenCoordinator
{
    private int _signedBytes;

    private byte[] _broadcasts = new byte[32];

    /// <summary>How sums are hidden.</summary>
    public Func<IHiddenSum> Sum { get; init; } = () => new SharedKeySum();

    /// <summary>Whether a recipient is shown a signer's standing.</summary>
    public Func<PartyId, PartyId, bool> PassesStanding { get; init; } = (_, _) => true;

    /// <summary>Digest of what a round's participants were really told, where that is not what the honest code said.</summary>
    public Func<int, byte[]?> Told { get; init; } = _ => null;

    /// <summary>Rounds in which participants contributed.</summary>
    public int Summed { get; private set; }

    public async Task RunAsync(Session session)
    {
        using var sum = Sum();
        _signedBytes = sizeof(int) + sum.TagLength(session.Roster.Participants.Length) + sizeof(int) + Signatures.Length;
        Chain("test", (await sum.AgreeAsync(session, CancellationToken.None))!);
        for (var index = 0; ; index++)
        {
            var step = HiddenBench.Stage.Tag.Then(index);
            var (done, length) = await StandingAsync(session, step);
            if (done) return;
            var request = new SumRequest(step, [new BlockSpec("any", 1, length, 1)], new Round(index, 0, session.Roster.Participants.Length, 0), _broadcasts);
            var outcome = await sum.SumAsync(session, request, null, CancellationToken.None);
            Summed++;
            Chain(step.Path, Told(index) ?? outcome.Broadcast.Span);
        }
    }

    private async Task<(bool Done, int Length)> StandingAsync(Session session, StepTag step)
    {
        var all = session.Roster.Participants;
        var messages = new Dictionary<PartyId, byte[]>();
        foreach (var name in all) messages[name] = (await session.Channel.ReceiveAsync(name, step.Then("standing"), 4096, CancellationToken.None)).ToArray();
        var head = messages.Values.First()[..^_signedBytes];
        foreach (var to in all)
        {
            ImmutableArray<PartyId> shown = [.. all.Where(signer => PassesStanding(to, signer))];
            await session.Channel.SendAsync(to, step.Then("standings"), (byte[])[.. head, .. SetOf(all, shown), .. shown.SelectMany(s => messages[s][^_signedBytes..])], CancellationToken.None);
        }
        return (head[0] == 1, BitConverter.ToInt32(head, 1));
    }

    private static byte[] SetOf(ImmutableArray<PartyId> all, IEnumerable<PartyId> members)
    {
        var bits = new byte[(all.Length + 7) / 8];
        foreach (var i in members.Select(m => all.IndexOf(m))) bits[i / 8] |= (byte)(1 << (i % 8));
        var writer = new WireWriter();
        writer.WriteBytes(bits);
        return writer.ToArray();
    }

    private void Chain(string step, ReadOnlySpan<byte> digest)
    {
        var writer = new WireWriter();
        writer.WriteBytes(_broadcasts);
        writer.WriteText(step);
        writer.WriteBytes(digest);
        _broadcasts = SHA256.HashData(writer.WrittenMemory.Span);
    }
}
