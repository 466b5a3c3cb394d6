using Coterie.Core.Numerics;

namespace Coterie.Core.Learning;

/// <summary>
/// A view of a shard whose contributions depend on what earlier rounds left over, besides rows, model and round. Whoever runs it keeps that on the
/// participant's disk before a round begins and puts it back before every contribution; the view knows of no disk.
/// </summary>
public interface IRemembering
{
    /// <summary>
    /// What the next contribution will depend on; no blocks: nothing. A contribution replaces it, on the assumption that it is added: where it was not,
    /// whoever runs the view goes on with what was there before.
    /// </summary>
    /// <exception cref="ArgumentException">Set to blocks that are no memory of this view.</exception>
    Blocks<Matrix> Memory { get; set; }
}
