using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>Deals training rows to participants; every row goes to exactly one, in file order within each.</summary>
internal static class Dealing
{
    private const int RegressionStrata = 10;

    /// <summary>One participant per value of a column; with listed values the other rows do not train.</summary>
    public static (ImmutableArray<PartyId> Names, int[][] Rows) ByColumn(TaskFile task, ColumnParticipants participants, DataTable table, int[] training)
    {
        var cells = new Cells(table, table.Find(participants.Column)!);
        string[] values = participants.Values.IsEmpty ? Distinct(cells, training) : [.. participants.Values];
        var coder = new ValueCoder(cells, [.. values]);
        var rows = Group(training, values.Length, coder.Find);
        for (var k = 0; k < values.Length; k++)
            if (rows[k].Length == 0)
                throw task.Error("data.participants.values", $"participant '{participants.Column}-{values[k]}' gets no training rows: no row that is left has {values[k]} in column '{participants.Column}', which holds {string.Join(", ", Distinct(cells, training).Take(12))}.");
        return (PartyNames.Sanitise(values.Select(v => $"{participants.Column}-{v}")), rows);
    }

    /// <summary>A given number of participants.</summary>
    public static int[][] Deal(TaskFile task, DealtParticipants participants, DataTable table, int[] training, string? target, LearningTask learning, ulong seed)
    {
        var count = participants.Count;
        if (training.Length < count) throw task.Error("data.participants.count", $"{count} participants share {training.Length} training rows; each needs at least one.");
        if (participants.By == DealRule.RoundRobin) return Group([.. Enumerable.Range(0, training.Length)], count, j => j % count, j => training[j]);
        if (participants.By == DealRule.Contiguous) return Stretches(training, count);
        var labels = LabelsOf(task, participants, table, training, target);
        if (participants.By == DealRule.Label)
        {
            var sorted = Enumerable.Range(0, training.Length).OrderBy(j => labels[j]).Select(j => training[j]).ToArray(); // OrderBy is stable
            var stretches = Stretches(sorted, count);
            foreach (var rows in stretches) Array.Sort(rows);
            return stretches;
        }
        var owners = DirichletDeal.Owners(Strata(labels, learning), count, participants.Alpha, seed);
        return Group([.. Enumerable.Range(0, training.Length)], count, j => owners[j], j => training[j]);
    }

    private static string[] Distinct(Cells cells, int[] rows)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
            values.Add(cells.Column.Text(row) ?? throw cells.Error(row, "the cell is missing, but participants are told by this column; complete the row or list the values that train."));
        return Cells.Sort(values);
    }

    /// <summary>The target per training row: the number, or the class's rank.</summary>
    private static double[] LabelsOf(TaskFile task, DealtParticipants participants, DataTable table, int[] training, string? target)
    {
        var by = participants.By == DealRule.Label ? "label" : "dirichlet";
        if (target is null) throw task.Error("data.participants.by", $"'{by}' deals by the target, but there is none; name a column as target, or use round-robin or contiguous.");
        var cells = new Cells(table, table.Find(target)!);
        cells.RequirePresent(training);
        if (cells.Column.IsNumeric) return [.. training.Select(i => cells.Column.Numbers[i])];
        var declared = task.Data.Schema.GetValueOrDefault(target)?.Values ?? [];
        var coder = new ValueCoder(cells, declared.IsEmpty ? [.. Distinct(cells, training)] : declared);
        return [.. training.Select(coder.IndexOf)];
    }

    /// <summary>Rows of like target, told by consecutive numbers: classes, or tenths of the rows in order of a numeric target.</summary>
    private static int[] Strata(double[] labels, LearningTask learning)
    {
        if (learning != LearningTask.Regression)
        {
            double[] distinct = [.. labels.Distinct().Order()];
            return [.. labels.Select(v => Array.BinarySearch(distinct, v))];
        }
        var strata = new int[labels.Length];
        var rank = 0;
        foreach (var j in Enumerable.Range(0, labels.Length).OrderBy(j => labels[j])) strata[j] = (int)((long)rank++ * RegressionStrata / labels.Length);
        return strata;
    }

    private static int[][] Stretches(int[] rows, int count)
    {
        var parts = new int[count][];
        var start = 0;
        for (var k = 0; k < count; k++)
        {
            var length = (rows.Length / count) + (k < rows.Length % count ? 1 : 0);
            parts[k] = rows[start..(start + length)];
            start += length;
        }
        return parts;
    }

    private static int[][] Group(int[] items, int count, Func<int, int> owner, Func<int, int>? row = null)
    {
        var groups = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        foreach (var item in items)
            if (owner(item) is >= 0 and var k) groups[k].Add(row is null ? item : row(item));
        return [.. groups.Select(g => g.ToArray())];
    }
}
