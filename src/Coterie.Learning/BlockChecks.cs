using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>Checks of blocks that come from outside.</summary>
internal static class BlockChecks
{
    /// <summary>The block of that name.</summary>
    /// <exception cref="ArgumentException">It is missing, has another shape or holds a value that is not finite.</exception>
    public static Matrix Require(this Blocks<Matrix> blocks, string name, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var block = blocks.Find(name) ?? throw new ArgumentException($"The model has no block '{name}'.", nameof(blocks));
        if (block.Rows != rows || block.Columns != columns)
            throw new ArgumentException($"Block '{name}' is {block}; {rows} x {columns} expected.", nameof(blocks));
        foreach (var value in block.Values)
            if (!double.IsFinite(value)) throw new ArgumentException($"Block '{name}' holds {value}.", nameof(blocks));
        return block;
    }
}
