using System.Collections.Frozen;
using Coterie.Core.Learning;
using Coterie.Federation.Data;
using Coterie.Federation.Training;

namespace Coterie.Cli.Running;

/// <summary>Rows of a file, read by a model's own schema.</summary>
/// <param name="Table">The file.</param>
/// <param name="Shard">Its rows as the model takes them.</param>
internal sealed record ModelRows(DataTable Table, Shard Shard)
{
    /// <exception cref="DataFileException">A column is missing, or a cell is not what the model takes.</exception>
    public static ModelRows Read(string path, TrainedModel model, bool withTarget)
    {
        var columns = withTarget && model.Raw.Target is { } target ? model.Raw.Features.Append(target) : model.Raw.Features;
        var texts = columns.Where(c => !c.Values.IsEmpty || c.Type is ColumnType.Text).Select(c => c.Name).ToFrozenSet(StringComparer.Ordinal);
        var table = DataFile.Read(path, texts);
        return new ModelRows(table, ShardReader.Read(table, model.Raw, withTarget: withTarget));
    }

    /// <summary>Gives what is wrong with a row its place in the file.</summary>
    public T Located<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ShardException refused)
        {
            throw new DataFileException(Table.File, refused.Row is { } row && row < Table.Rows ? Table.LineOf(row) : null, refused.Column, RowErrors.ProblemOf(refused), refused);
        }
    }
}
