using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.RunStore;

namespace Coterie.Federation.Nodes;

/// <summary>Remembers by a digest which rows a run began with: after a restart it goes on with those, or not at all.</summary>
internal static class ShardDigest
{
    private const string Key = "node/rows";

    /// <summary>Whether the rows are those the run began with; a run that begins now begins with these.</summary>
    /// <exception cref="StoreException">The store cannot be read or written.</exception>
    public static async ValueTask<bool> IsSameAsync(IRunStore store, Shard shard, CancellationToken cancellationToken)
    {
        var digest = Of(shard);
        if (await store.LoadAsync(Key, cancellationToken) is { } begun) return begun.Span.SequenceEqual(digest);
        await store.SaveAsync(Key, digest, cancellationToken);
        return true;
    }

    /// <summary>SHA-256 of the rows as they are stored in memory.</summary>
    public static byte[] Of(Shard shard)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (ReadOnlySpan<Matrix?>)[shard.Features, shard.Targets, shard.Weights])
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([part is null ? 0 : 1, part?.Rows ?? 0, part?.Columns ?? 0]));
            if (part is not null) hash.AppendData(MemoryMarshal.AsBytes(part.Values));
        }
        return hash.GetHashAndReset();
    }
}
