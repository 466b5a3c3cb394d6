using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>Checked access to packed parameters.</summary>
internal static class Parameters
{
    /// <summary>A column block, of that length where one is asked for.</summary>
    /// <exception cref="ArgumentException">The block is missing or has another shape.</exception>
    public static ImmutableArray<double> Column(Blocks<Matrix> blocks, string name, int? rows = null)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var block = blocks.Find(name) ?? throw new ArgumentException($"The parameters have no block '{name}'.", nameof(blocks));
        if (block.Columns != 1 || (rows is { } expected && block.Rows != expected))
            throw new ArgumentException($"Block '{name}' is {block.Rows} x {block.Columns}; {rows?.ToString() ?? "n"} x 1 expected.", nameof(blocks));
        return [.. block.Values];
    }

    /// <summary>A 1 x 1 block.</summary>
    public static double Scalar(Blocks<Matrix> blocks, string name) => Column(blocks, name, 1)[0];
}
