using Coterie.Core.Randomness;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>The rows of one file that train, test and validate: 0-based, ascending, no row in two of them.</summary>
internal sealed record RowParts(int[] Training, int[] Test, int[] Validation)
{
    private const ulong TestStream = 0x7465_7374; // "test"
    private const ulong ValidationStream = 0x7661_6C69; // "vali"

    /// <summary>Takes the test rows out first, then the validation rows from what is left; <paramref name="index"/> counts files.</summary>
    public static RowParts Split(TaskFile task, DataTable table, ulong seed, int index)
    {
        var test = Select(task, "data.test", task.Data.Test, table, [.. Enumerable.Range(0, table.Rows)], new SeededRandom(seed, TestStream + ((ulong)index << 32)));
        int[] left = [.. Enumerable.Range(0, table.Rows).Except(test)];
        var validation = Select(task, "data.validation", task.Data.Validation, table, left, new SeededRandom(seed, ValidationStream + ((ulong)index << 32)));
        var training = validation.Length == 0 ? left : [.. left.Except(validation)];
        if (training.Length == 0) throw task.Error("data.test", $"test and validation take all {table.Rows} rows of {table.File}; none is left to train.");
        return new RowParts(training, test, validation);
    }

    private static int[] Select(TaskFile task, string field, HoldOut? rows, DataTable table, int[] candidates, SeededRandom random) => rows switch
    {
        EveryHoldOut { Every: var every } => [.. candidates.Where(i => i % every == 0)],
        ColumnHoldOut byColumn => ByColumn(task, field, byColumn, table, candidates),
        FractionHoldOut { Fraction: var fraction } => Draw(task, field, fraction, table, candidates, random),
        _ => [],
    };

    private static int[] ByColumn(TaskFile task, string field, ColumnHoldOut rows, DataTable table, int[] candidates)
    {
        if (table.Find(rows.Column) is not { } column) throw new DataFileException(table.File, 1, rows.Column, $"is missing; {field} in the task selects rows by it.");
        var coder = new ValueCoder(new Cells(table, column), rows.Values);
        int[] taken = [.. candidates.Where(i => coder.Find(i) >= 0)];
        if (taken.Length == 0) throw task.Error($"{field}.values", $"no row of {table.File} that is left has {string.Join(" or ", rows.Values)} in column '{rows.Column}'.");
        return taken;
    }

    /// <summary>The fraction is of all rows of the file.</summary>
    private static int[] Draw(TaskFile task, string field, double fraction, DataTable table, int[] candidates, SeededRandom random)
    {
        var count = (int)Math.Round(fraction * table.Rows, MidpointRounding.AwayFromZero);
        if (count == 0 || count > candidates.Length)
            throw task.Error($"{field}.fraction", $"{CellText.Of(fraction)} of {table.Rows} rows is {count}, but {candidates.Length} are left; a fraction that takes at least one of them is expected.");
        var drawn = (int[])candidates.Clone();
        random.Shuffle<int>(drawn);
        return [.. drawn.Take(count).Order()];
    }
}
