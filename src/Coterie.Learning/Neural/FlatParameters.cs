using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;

namespace Coterie.Learning.Neural;

/// <summary>A network's layers as one column, hidden or not: layer by layer the weights row by row, then the biases, as <see cref="NetworkShape"/> has them.</summary>
internal static class FlatParameters
{
    /// <summary>Blocks of a network with one hidden layer, in order.</summary>
    private static readonly string[] Names = ["weights_1", "biases_1", "weights_2", "biases_2"];

    /// <summary>The layers of blocks that also hold something else.</summary>
    public static T Of<T>(Blocks<T> model) where T : class, ISecret<T> => Of(Names.Select(name => model[name]));

    /// <summary>Matrices one after the other.</summary>
    public static T Of<T>(IEnumerable<T> values) where T : class, ISecret<T> =>
        values.SelectMany(value => Enumerable.Range(0, value.Rows).Select(i => value.Slice(i, 0, 1, value.Columns).Transpose())).Aggregate((above, below) => above.Above(below));

    /// <summary>Blocks of the layers' shapes from one column.</summary>
    /// <param name="like">Layers of these shapes.</param>
    /// <param name="column">What <see cref="Of{T}(Blocks{T})"/> gives for them.</param>
    public static Blocks<T> ToBlocks<T>(Blocks<T> like, T column) where T : class, ISecret<T>
    {
        var (blocks, at) = (Blocks<T>.Empty, 0);
        foreach (var name in Names)
        {
            var (rows, columns) = (like[name].Rows, like[name].Columns);
            var block = Enumerable.Range(0, rows).Select(i => column.Slice(at + (i * columns), 0, columns, 1).Transpose()).Aggregate((above, below) => above.Above(below));
            blocks = blocks.With(name, block);
            at += rows * columns;
        }
        return blocks;
    }
}
