using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>
/// The columns of a task as far as it declares them: what a coordinator without rows can offer. Every feature and the target are declared, in the
/// order of the task file.
/// </summary>
public static class DeclaredSchema
{
    private const int MaximumClasses = 1000;
    private const string Help = "'coterie schema DATA.csv' prints a section to paste";

    /// <summary>Features and target from <c>data.schema</c> alone.</summary>
    /// <param name="task">The task.</param>
    /// <param name="learning">What its learner predicts: decides how the target is read.</param>
    /// <exception cref="TaskFileException">A declaration is missing or says too little; all of them are told.</exception>
    public static Schema Resolve(TaskFile task, LearningTask learning)
    {
        ArgumentNullException.ThrowIfNull(task);
        var data = task.Data;
        if (data.SchemaOrder.IsEmpty)
            throw task.Error("data.schema", $"is missing: who has no rows cannot look for columns, so every feature and the target are declared with their type; {Help}.");
        var target = TargetOf(task, learning);
        var problems = new List<TaskProblem>();
        var request = new SchemaRequest(learning) { Declared = data.Schema, AreFilesSeparate = true };
        var features = ImmutableArray.CreateBuilder<Column>();
        foreach (var name in FeaturesOf(task, target))
        {
            if (Problem(data.Schema.GetValueOrDefault(name)) is { } problem) problems.Add(new TaskProblem(task.LineOf($"data.schema.{name}"), $"data.schema.{name}", problem));
            else if (FeatureInference.Infer(name, [], request) is { } column) features.Add(column);
        }
        if (target is not null && TargetProblem(data.Schema.GetValueOrDefault(target), learning) is { } wrong)
            problems.Add(new TaskProblem(task.LineOf($"data.schema.{target}"), $"data.schema.{target}", wrong));
        if (problems.Count > 0) throw new TaskFileException(task.File, [.. problems.OrderBy(p => p.Line)]);
        if (features.Count == 0) throw task.Error("data.schema", "declares no feature; text columns are none.");
        var schema = new Schema(features.ToImmutable(), target is null || learning == LearningTask.Clustering ? null : TargetInference.Infer(target, [], request));
        return data.Weights is { } weights ? schema with { WeightBound = WeightBound(task, weights) } : schema;
    }

    /// <summary>The participants that the task names: those with a file of their own.</summary>
    /// <exception cref="TaskFileException">The task deals the rows of one file.</exception>
    public static ImmutableArray<PartyId> ParticipantsOf(TaskFile task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Data.Participants is FileParticipants { Files: var files }
            ? PartyNames.Sanitise(files.Select(f => f.Name))
            : throw task.Error("data.participants", "deals the rows of one file; participants on machines of their own are named, each with the name of its file there: [ { name: hospital-a, file: patients.csv }, ... ].");
    }

    private static string? TargetOf(TaskFile task, LearningTask learning)
    {
        var data = task.Data;
        if (data.Target is { } named && !(named == "none" && learning == LearningTask.Clustering))
            return data.Schema.ContainsKey(named) ? named
                : throw task.Error("data.target", $"column '{named}' is not declared under data.schema; {Nearest.Advice(named, [.. data.SchemaOrder])}");
        if (learning == LearningTask.Clustering) return null;
        return data.SchemaOrder.LastOrDefault(n => n != data.Weights && !Dealing(task).Contains(n) && !data.Exclude.Contains(n))
            ?? throw task.Error("data.schema", "declares no column that can be the target; name one with data.target.");
    }

    private static IEnumerable<string> FeaturesOf(TaskFile task, string? target)
    {
        var data = task.Data;
        foreach (var name in data.Include.Where(n => !data.Schema.ContainsKey(n)))
            throw task.Error("data.columns.include", $"column '{name}' is not declared under data.schema; {Nearest.Advice(name, [.. data.SchemaOrder])}");
        return data.SchemaOrder.Where(n =>
            n != target && n != data.Weights && !Dealing(task).Contains(n) && !data.Exclude.Contains(n) && (data.Include.IsEmpty || data.Include.Contains(n)));
    }

    private static string[] Dealing(TaskFile task) => [.. TaskColumns.Dealing(task).Select(c => c.Column)];

    private static string? Problem(ColumnDeclaration? declared) => declared switch
    {
        null or { Type: null, HasRange: false, Values.IsEmpty: true } => $"declares no type; type: num, bin, cat (with values) or text is expected; {Help}.",
        { Type: ColumnType.Categorical, Values.IsEmpty: true } => $"declares no values; with rows on several machines nobody may gather them: values: [...] is expected; 'coterie schema DATA.csv --ranges' lists those of one file.",
        _ => null,
    };

    private static string? TargetProblem(ColumnDeclaration? declared, LearningTask learning) => (declared, learning) switch
    {
        (null, _) => "is not declared.",
        ({ Type: ColumnType.Text }, _) => "is declared as text, which no learner predicts.",
        ({ Values.Length: > 0 }, LearningTask.Regression) => "declares values, but the learner predicts a number; type: num is expected.",
        ({ Type: null, HasRange: false, Values.IsEmpty: true }, LearningTask.Regression) => "declares no type; type: num is expected.",
        ({ Type: ColumnType.Categorical, Values.IsEmpty: true }, not LearningTask.Regression) => "declares no classes; values: [...] is expected, or type: num where classes are whole numbers.",
        ({ Values: { IsEmpty: false, Length: not 2 } }, LearningTask.BinaryClassification) => $"declares {declared.Values.Length} classes; this learner expects two.",
        ({ Values: { IsEmpty: false, Length: < 2 or > MaximumClasses } }, LearningTask.MulticlassClassification) => $"declares {declared.Values.Length} classes; 2 to {MaximumClasses} are expected.",
        _ => null,
    };

    private static double WeightBound(TaskFile task, string weights) => task.Data.Schema.GetValueOrDefault(weights) is { HasRange: true } declared ? declared.Maximum
        : throw task.Error("data.weights", $"with rows on several machines nobody may look for the largest weight; declare schema: {{ {weights}: {{ range: [0, LARGEST] }} }}.");
}
