using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// Tags without a common secret: a participant's tag has a part for each participant, an HMAC-SHA256 of what it holds under the key of that pair
/// (ECDH P-256, HKDF). To the coordinator, and to every other participant, a part is noise that no guess at the model can be compared with.
/// </summary>
internal sealed class PairTags(RunKeys keys, Roster roster, PartyId self) : IDisposable
{
    /// <summary>Bytes for each participant.</summary>
    public const int PartLength = HMACSHA256.HashSizeInBytes;

    private readonly Dictionary<int, byte[]> _pairs = [];

    /// <summary>All parts, in roster order; zeros for who has announced no keys.</summary>
    public byte[] Of(StepTag step, ReadOnlySpan<byte> digest)
    {
        var tag = new byte[PartLength * roster.Participants.Length];
        foreach (var peer in keys.Members.Indices) Part(peer, self, step, digest).CopyTo(tag, peer * PartLength);
        return tag;
    }

    /// <summary>Whether the part for this participant in a peer's tag is of the same digest.</summary>
    public bool IsSame(StepTag step, ReadOnlySpan<byte> digest, PartyId peer, ReadOnlySpan<byte> peerTag)
    {
        var index = roster.IndexOf(peer);
        return keys.Members.Contains(index)
            && CryptographicOperations.FixedTimeEquals(Part(index, peer, step, digest), peerTag.Slice(roster.IndexOf(self) * PartLength, PartLength));
    }

    /// <summary>The key of the checks in one sum from a participant to a recipient, one of which is this one and the other the peer; the caller zeroes it.</summary>
    public byte[] CheckKey(int peer, RoundContext context, PartyId from, PartyId to)
    {
        var writer = new WireWriter();
        writer.WriteText("check");
        writer.WriteText(context.Step.Path);
        writer.WriteBytes(context.ModelHash.Span);
        writer.WriteText(from.Name);
        writer.WriteText(to.Name);
        return HMACSHA256.HashData(PairKey(peer), writer.WrittenMemory.Span);
    }

    public void Dispose()
    {
        foreach (var key in _pairs.Values) CryptographicOperations.ZeroMemory(key);
        _pairs.Clear();
    }

    /// <summary>What <paramref name="holder"/>, this participant or the peer, shows the other of the two.</summary>
    private byte[] Part(int peer, PartyId holder, StepTag step, ReadOnlySpan<byte> digest)
    {
        var key = PairKey(peer);
        var writer = new WireWriter();
        writer.WriteText("tag");
        writer.WriteText(step.Path);
        writer.WriteText(holder.Name);
        writer.WriteBytes(digest);
        return HMACSHA256.HashData(key, writer.WrittenMemory.Span);
    }

    private byte[] PairKey(int peer)
    {
        if (!_pairs.TryGetValue(peer, out var key)) _pairs[peer] = key = KeyWith(peer);
        return key;
    }

    /// <summary>Bound to all keys of the run.</summary>
    private byte[] KeyWith(int peer)
    {
        var own = keys.Own ?? throw new InvalidOperationException("The coordinator makes no tags.");
        var context = new RoundContext(roster.RunId, RunKeys.PlaceOf(roster), keys.Transcript);
        var name = roster.Participants[peer];
        return name == self ? own.SelfTag(context) : AggregationKeys.PairTag(context, self, own.Agreement, name, keys.Keys[peer].Agreement);
    }
}
