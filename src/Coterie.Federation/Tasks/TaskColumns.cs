using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>Checks every column name in a task against the files, and that no column has two roles.</summary>
internal static class TaskColumns
{
    /// <summary>The columns by which rows are dealt or held out, with their fields.</summary>
    public static IEnumerable<(string Field, string Column)> Dealing(TaskFile task)
    {
        if (task.Data.Participants is ColumnParticipants participants) yield return ("data.participants.column", participants.Column);
        if (task.Data.Test is ColumnHoldOut test) yield return ("data.test.column", test.Column);
        if (task.Data.Validation is ColumnHoldOut validation) yield return ("data.validation.column", validation.Column);
    }

    /// <summary>Throws at the field of the first name that is not there or has a second role.</summary>
    public static void Check(TaskFile task, IReadOnlyList<DataTable> tables, SchemaRequest request)
    {
        string[] known = [.. tables.SelectMany(t => t.Columns).Select(c => c.Name).Distinct(StringComparer.Ordinal)];
        foreach (var (field, column) in Named(task, request))
            if (!known.Contains(column)) throw task.Error(field, $"there is no column '{column}' in {tables[0].File}; {Nearest.Advice(column, known)}");
        CheckRoles(task, request);
        var target = SchemaInference.TargetOf(tables[0], request);
        CheckTarget(task, target, request.Learning);
        CheckPreprocessing(task, [.. known.Where(n => n != target && !request.Reserved.Contains(n) && !request.Exclude.Contains(n) && n != request.Weights
            && (request.Include.IsEmpty || request.Include.Contains(n)))]);
    }

    private static IEnumerable<(string Field, string Column)> Named(TaskFile task, SchemaRequest request)
    {
        if (request.Target is { } target) yield return ("data.target", target);
        foreach (var dealing in Dealing(task)) yield return dealing;
        if (request.Weights is { } weights) yield return ("data.weights", weights);
        foreach (var item in Items("data.columns.include", request.Include)) yield return item;
        foreach (var item in Items("data.columns.exclude", request.Exclude)) yield return item;
        foreach (var name in request.Declared.Keys) yield return ($"data.schema.{name}", name);
    }

    private static IEnumerable<(string Field, string Column)> Items(string field, ImmutableArray<string> names) =>
        names.Select((name, i) => (string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]"), name));

    private static void CheckRoles(TaskFile task, SchemaRequest request)
    {
        if (request.Target is { } target)
        {
            if (target == request.Weights) throw task.Error("data.weights", $"'{target}' is the target; another column is expected.");
            if (request.Exclude.Contains(target)) throw task.Error("data.columns.exclude", $"'{target}' is the target, which is no feature anyway; take it from the list.");
            foreach (var (field, column) in Dealing(task))
                if (column == target) throw task.Error(field, $"'{target}' is the target; a column that deals rows is another one.");
        }
        foreach (var (field, column) in Dealing(task))
            if (column == request.Weights) throw task.Error(field, $"'{column}' holds the weights; a column that deals rows is another one.");
    }

    private static void CheckTarget(TaskFile task, string? target, LearningTask learning)
    {
        if (target is null || task.Data.Schema.GetValueOrDefault(target) is not { } declared) return;
        var field = $"data.schema.{target}";
        if (learning == LearningTask.Regression && (!declared.Values.IsEmpty || declared.Type is not (null or ColumnType.Numeric)))
            throw task.Error(field, $"'{target}' is the target of a regression; type: num, with a range or without, is expected.");
        if (learning is LearningTask.BinaryClassification && !declared.Values.IsEmpty && declared.Values.Length != 2)
            throw task.Error($"{field}.values", $"are {declared.Values.Length} classes; this learner expects two.");
        if (learning is LearningTask.BinaryClassification or LearningTask.MulticlassClassification && (declared.HasRange || declared.Type is ColumnType.Text))
            throw task.Error(field, $"'{target}' is the target of a classification; values: [...] are expected, in the order of the classes.");
    }

    /// <summary>Columns that a step names are features, or derived from one by a step before (their names start with its name).</summary>
    private static void CheckPreprocessing(TaskFile task, string[] features)
    {
        foreach (var step in task.Preprocessing)
        {
            if (step.Parameters.GetValueOrDefault("columns") is not { } columns) continue;
            var names = columns as ImmutableArray<string>? ?? (columns is string one ? [one] : []);
            for (var i = 0; i < names.Length; i++)
                if (!features.Any(f => names[i].StartsWith(f, StringComparison.Ordinal)))
                    throw task.Error(string.Create(CultureInfo.InvariantCulture, $"{step.FieldOf("columns")}[{i}]"), $"there is no feature '{names[i]}'; {Nearest.Advice(names[i], features)}");
        }
    }
}
