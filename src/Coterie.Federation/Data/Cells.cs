namespace Coterie.Federation.Data;

/// <summary>A column within its table, so that a defective cell can be named with its file and line.</summary>
internal readonly record struct Cells(DataTable Table, DataColumn Column)
{
    public DataFileException Error(int row, string problem) => new(Table.File, Table.LineOf(row), Column.Name, problem);

    /// <summary>Throws for the first cell that is text, as numbers are expected.</summary>
    public void RequireNumbers(string because)
    {
        if (Column.IsNumeric) return;
        var texts = Column.Texts;
        for (var i = 0; i < texts.Length; i++)
            if (texts[i] is { } text && !CellText.TryNumber(text, out _))
                throw Error(i, $"{CellText.Quote(text)} is no finite number, which is expected {because}; missing cells are written as {CellText.MissingMarks}.");
        throw new DataFileException(Table.File, null, Column.Name, $"was read as text, but numbers are expected {because}.");
    }

    /// <summary>Throws for the first of <paramref name="rows"/> without a target.</summary>
    public void RequirePresent(ReadOnlySpan<int> rows)
    {
        foreach (var row in rows)
            if (Column.IsMissing(row)) throw Error(row, "the target is missing; every row needs one: complete or remove the row.");
    }

    /// <summary>Adds the distinct texts of the cells to <paramref name="values"/>.</summary>
    public void AddValues(HashSet<string> values)
    {
        if (Column.IsNumeric)
        {
            var numbers = new HashSet<double>();
            foreach (var number in Column.Numbers)
                if (!double.IsNaN(number) && numbers.Add(number)) values.Add(CellText.Of(number));
            return;
        }
        foreach (var text in Column.Texts)
            if (text is not null) values.Add(text);
    }

    /// <summary>Values in their natural order: ascending when all are numbers, else ordinal.</summary>
    public static string[] Sort(IEnumerable<string> values)
    {
        string[] all = [.. values];
        return all.All(v => CellText.TryNumber(v, out _))
            ? [.. all.OrderBy(v => CellText.TryNumber(v, out var number) ? number : 0).ThenBy(v => v, StringComparer.Ordinal)]
            : [.. all.Order(StringComparer.Ordinal)];
    }
}
