namespace Coterie.Federation.Tasks.Yaml;

/// <summary>Gathers the defects of one task file, so that several can be told at once, and the lines of its fields.</summary>
internal sealed class Problems(string file)
{
    private const int Enough = 20;
    private readonly List<TaskProblem> _found = [];

    public SortedDictionary<string, int> Lines { get; } = new(StringComparer.Ordinal);

    public void Add(int line, string field, string message)
    {
        _found.Add(new TaskProblem(line, field, message));
        if (_found.Count >= Enough) ThrowIfAny();
    }

    /// <summary>The exception for a defect after which reading makes no sense.</summary>
    public TaskFileException Stop(int line, string field, string message, Exception? inner = null)
    {
        _found.Add(new TaskProblem(line, field, message));
        return All(inner);
    }

    public void ThrowIfAny()
    {
        if (_found.Count > 0) throw All(null);
    }

    private TaskFileException All(Exception? inner) => new(file, [.. _found.OrderBy(p => p.Line)], inner);
}
