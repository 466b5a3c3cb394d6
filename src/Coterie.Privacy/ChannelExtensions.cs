using System.Collections.Immutable;
using Coterie.Core.Parties;
using Coterie.Privacy.Sums;

namespace Coterie.Privacy;

/// <summary>Sends and receives that treat an absent peer as an ordinary outcome.</summary>
internal static class ChannelExtensions
{
    /// <summary>False when the peer is gone.</summary>
    public static async ValueTask<bool> TrySendAsync(this IChannel channel, PartyId to, StepTag step, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        try
        {
            await channel.SendAsync(to, step, payload, cancellationToken);
            return true;
        }
        catch (PeerUnavailableException error) when (error.Peer == to)
        {
            return false;
        }
    }

    /// <summary>Sends a vector of <paramref name="entries"/> entries piece by piece.</summary>
    public static ValueTask SendVectorAsync(this IChannel channel, PartyId to, StepTag step, int entries, Action<int, Span<ulong>> fill, CancellationToken cancellationToken) =>
        channel.SendAsync(to, step, VectorStream.BytesOf(entries), VectorStream.Write(entries, fill).ToAsyncEnumerable(), cancellationToken);

    /// <summary>
    /// A vector from each of <paramref name="peers"/>, complete and ready to be read in any order; who is gone or silent is left out. The caller
    /// disposes them.
    /// </summary>
    public static async Task<ImmutableArray<ArrivedVector>> CollectVectorsAsync(
        this IChannel channel, ImmutableArray<PartyId> peers, StepTag step, int entries, CancellationToken cancellationToken)
    {
        var arrived = await Task.WhenAll(peers.Select(peer => ArrivedVector.ReceiveAsync(channel, peer, step, entries, cancellationToken)));
        return [.. arrived.OfType<ArrivedVector>()];
    }

    /// <summary>As before, each vector handed to <paramref name="accept"/> piece by piece, one sender at a time as they arrive. Returns who sent one.</summary>
    public static Task<ImmutableArray<PartyId>> CollectVectorsAsync(
        this IChannel channel, ImmutableArray<PartyId> peers, StepTag step, int entries, Action<int, ReadOnlySpan<ulong>> accept, CancellationToken cancellationToken) =>
        channel.CollectVectorsAsync(peers, step, entries, _ => accept, cancellationToken);

    /// <summary>As before, with what accepts a sender's pieces asked for before its first one.</summary>
    public static async Task<ImmutableArray<PartyId>> CollectVectorsAsync(
        this IChannel channel, ImmutableArray<PartyId> peers, StepTag step, int entries, Func<PartyId, Action<int, ReadOnlySpan<ulong>>> acceptFrom, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(1);
        var present = await Task.WhenAll(peers.Select(async peer =>
        {
            await using var vector = await ArrivedVector.ReceiveAsync(channel, peer, step, entries, cancellationToken);
            if (vector is null) return false;
            await gate.WaitAsync(cancellationToken);
            try
            {
                await vector.ReadAsync(acceptFrom(peer), cancellationToken);
            }
            finally
            {
                gate.Release();
            }
            return true;
        }));
        return [.. peers.Where((_, i) => present[i])];
    }

    /// <summary>
    /// One message from each of <paramref name="peers"/>, handed to <paramref name="accept"/> one at a time as it arrives. Returns who sent
    /// one, in the order of <paramref name="peers"/>; who is gone or silent is left out.
    /// </summary>
    public static async Task<ImmutableArray<PartyId>> CollectAsync(
        this IChannel channel, ImmutableArray<PartyId> peers, StepTag step, int maximumBytes, Action<PartyId, ReadOnlyMemory<byte>> accept, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(1);
        var present = await Task.WhenAll(peers.Select(async peer =>
        {
            ReadOnlyMemory<byte> message;
            try
            {
                message = await channel.ReceiveAsync(peer, step, maximumBytes, cancellationToken);
            }
            catch (PeerUnavailableException error) when (error.Peer == peer)
            {
                return false;
            }
            await gate.WaitAsync(cancellationToken);
            try
            {
                accept(peer, message);
            }
            finally
            {
                gate.Release();
            }
            return true;
        }));
        return [.. peers.Where((_, i) => present[i])];
    }
}
