using Coterie.Federation.RunStore;

namespace Coterie.Federation.Nodes;

/// <summary>Bounds what is kept about offers that never became runs: whoever offers without end fills no disk.</summary>
internal static class OfferRecords
{
    /// <summary>Offers that are kept, the newest of them.</summary>
    public const int Kept = 64;

    /// <summary>Removes the records of older offers.</summary>
    /// <returns>The names they had.</returns>
    /// <exception cref="StoreException">The state cannot be written.</exception>
    public static Task<string[]> PruneAsync(NodeStore store) => store.WriteAsync(d => d.Query(
        """
        DELETE FROM runs WHERE id IN (
            SELECT id FROM runs WHERE state IN ($1, $2, $3, $4) AND length(roster) = 0 ORDER BY id DESC LIMIT -1 OFFSET $5)
        RETURNING run
        """,
        row => row.GetString(0), (int)RunState.Offered, (int)RunState.Accepted, (int)RunState.Declined, (int)RunState.Failed, Kept).ToArray());
}
