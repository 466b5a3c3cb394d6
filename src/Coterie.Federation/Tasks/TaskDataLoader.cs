using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>Reads the files of a task, takes test and validation rows out, and deals the rest.</summary>
internal sealed class TaskDataLoader
{
    private readonly TaskFile _task;
    private readonly LearningTask _learning;
    private readonly ulong _seed;
    private readonly ImmutableArray<(PartyId Name, string File, int Index)> _files; // where every participant has its own
    private readonly ImmutableArray<DataTable> _tables; // what trains: one file, or one per participant
    private readonly DataTable? _testFile;
    private readonly DataTable? _validationFile;
    private readonly SchemaRequest _request;
    private readonly Schema _schema;

    private TaskDataLoader(TaskFile task, LearningTask learning, ulong seed, PartyId? self)
    {
        (_task, _learning, _seed) = (task, learning, seed);
        var texts = TextColumns(task);
        _files = FilesOf(task, self);
        _tables = _files.IsEmpty ? [DataFile.Read(task.Data.File!, texts)] : [.. _files.Select(f => DataFile.Read(f.File, texts))];
        var hasHeldOutFiles = self is null || _files.IsEmpty;
        _testFile = hasHeldOutFiles && task.Data.Test is FileHoldOut test ? DataFile.Read(test.File, texts) : null;
        _validationFile = hasHeldOutFiles && task.Data.Validation is FileHoldOut validation ? DataFile.Read(validation.File, texts) : null;
        _request = RequestFor(task, learning);
        DataTable[] all = [.. _tables, .. _testFile is null ? [] : (ReadOnlySpan<DataTable>)[_testFile], .. _validationFile is null ? [] : (ReadOnlySpan<DataTable>)[_validationFile]];
        TaskColumns.Check(task, all, _request);
        _schema = SchemaInference.Infer(all, _request);
        if (task.Data.Weights is { } weights) _schema = _schema with { WeightBound = WeightBound(weights, all) };
    }

    /// <summary>Under columns that somebody else found: no file but the participant's own is opened.</summary>
    private TaskDataLoader(TaskFile task, LearningTask learning, ulong seed, PartyId self, Schema schema)
    {
        (_task, _learning, _seed, _schema) = (task, learning, seed, schema);
        _files = FilesOf(task, self);
        _tables = [DataFile.Read(_files.IsEmpty ? task.Data.File! : _files[0].File, TextColumns(task))];
        _request = RequestFor(task, learning);
    }

    /// <summary>Everything, or with <paramref name="self"/> what that participant reads.</summary>
    public static TaskData Load(TaskFile task, LearningTask learning, ulong seed, PartyId? self)
    {
        ArgumentNullException.ThrowIfNull(task);
        var data = new TaskDataLoader(task, learning, seed, self).Load();
        if (self is not { } name) return data;
        return data.Participants.FirstOrDefault(p => p.Name == name) is { } own ? data with { Participants = [own] } : throw NoSuch(task, name, data.Participants.Select(p => p.Name));
    }

    /// <summary>What a participant reads under offered columns.</summary>
    public static TaskData LoadOffered(TaskFile task, LearningTask learning, ulong seed, PartyId self, Schema schema)
    {
        ArgumentNullException.ThrowIfNull(task);
        var loader = new TaskDataLoader(task, learning, seed, self, schema);
        var rows = RowParts.Split(task, loader._tables[0], seed, loader._files.IsEmpty ? 0 : loader._files[0].Index).Training;
        var participants = loader._files.IsEmpty
            ? loader.Deal(loader._tables[0], rows)
            : [loader.Participant(self, loader._tables[0], rows, $"data.participants[{loader._files[0].Index}]")];
        return participants.FirstOrDefault(p => p.Name == self) is { } own
            ? new TaskData(schema, [own], null, null)
            : throw NoSuch(task, self, participants.Select(p => p.Name));
    }

    private static FrozenSet<string> TextColumns(TaskFile task) => task.Data.Schema.Values
        .Where(c => c.Type is ColumnType.Text or ColumnType.Categorical || !c.Values.IsEmpty).Select(c => c.Name).ToFrozenSet(StringComparer.Ordinal);

    private static ImmutableArray<(PartyId Name, string File, int Index)> FilesOf(TaskFile task, PartyId? self)
    {
        if (task.Data.Participants is not FileParticipants { Files: var files }) return [];
        var names = PartyNames.Sanitise(files.Select(f => f.Name));
        ImmutableArray<(PartyId Name, string File, int Index)> all = [.. files.Select((f, k) => (names[k], f.File, k))];
        if (self is not { } name) return all;
        return names.Contains(name) ? [all[names.IndexOf(name)]] : throw NoSuch(task, name, names);
    }

    private static TaskFileException NoSuch(TaskFile task, PartyId name, IEnumerable<PartyId> names) =>
        task.Error("data.participants", $"there is no participant '{name}'; {Nearest.Advice(name.Name, [.. names.Select(n => n.Name)])}");

    private TaskData Load()
    {
        var parts = new List<(DataTable Table, RowParts Rows)>();
        for (var k = 0; k < _tables.Length; k++) parts.Add((_tables[k], RowParts.Split(_task, _tables[k], _seed, _files.IsEmpty ? 0 : _files[k].Index)));
        ImmutableArray<ParticipantData> participants = !_files.IsEmpty
            ? [.. _files.Select((f, k) => Participant(f.Name, parts[k].Table, parts[k].Rows.Training, $"data.participants[{f.Index}]"))]
            : Deal(parts[0].Table, parts[0].Rows.Training);
        var test = HeldOut("data.test", _task.Data.Test, _testFile, parts, r => r.Test);
        var validation = HeldOut("data.validation", _task.Data.Validation, _validationFile, parts, r => r.Validation);
        return new TaskData(_schema, participants, test?.Shard, validation?.Shard)
        {
            TestOrigins = test?.Origins ?? [],
            ValidationOrigins = validation?.Origins ?? [],
        };
    }

    private ImmutableArray<ParticipantData> Deal(DataTable table, int[] training)
    {
        var (names, rows) = _task.Data.Participants switch
        {
            ColumnParticipants byColumn => Dealing.ByColumn(_task, byColumn, table, training),
            DealtParticipants dealt => (PartyNames.Numbered(dealt.Count), Dealing.Deal(_task, dealt, table, training, SchemaInference.TargetOf(table, _request), _learning, _seed)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return [.. names.Select((name, k) => Participant(name, table, rows[k], "data.participants"))];
    }

    private ParticipantData Participant(PartyId name, DataTable table, int[] rows, string field)
    {
        if (rows.Length == 0)
            throw _task.Error(field, $"participant '{name}' gets no training rows; fewer participants, another way of dealing or a smaller test part would leave it some.");
        return new ParticipantData(name, ShardReader.Read(table, _schema, rows, _task.Data.Weights), Origins(table, rows));
    }

    private (Shard Shard, ImmutableArray<RowOrigin> Origins)? HeldOut(
        string field, HoldOut? settings, DataTable? file, List<(DataTable Table, RowParts Rows)> parts, Func<RowParts, int[]> select)
    {
        if (settings is null || (settings is FileHoldOut && file is null)) return null;
        if (file is not null) return (ReadHeldOut(file, [.. Enumerable.Range(0, file.Rows)]), Origins(file, [.. Enumerable.Range(0, file.Rows)]));
        var taken = parts.Where(p => select(p.Rows).Length > 0).ToArray();
        if (taken.Length == 0) throw _task.Error(field, "selects no row.");
        return (Shard.Concatenate([.. taken.Select(p => ReadHeldOut(p.Table, select(p.Rows)))]), [.. taken.SelectMany(p => Origins(p.Table, select(p.Rows)))]);
    }

    private Shard ReadHeldOut(DataTable table, int[] rows) =>
        ShardReader.Read(table, _schema, rows, _task.Data.Weights is { } weights && table.Find(weights) is not null ? weights : null);

    private static ImmutableArray<RowOrigin> Origins(DataTable table, int[] rows) => [.. rows.Select(r => new RowOrigin(table.File, r, table.LineOf(r)))];

    private static SchemaRequest RequestFor(TaskFile task, LearningTask learning) => new(learning)
    {
        Target = task.Data.Target == "none" && learning == LearningTask.Clustering ? null : task.Data.Target,
        Include = task.Data.Include,
        Exclude = task.Data.Exclude,
        Reserved = [.. TaskColumns.Dealing(task).Select(c => c.Column).Distinct(StringComparer.Ordinal)],
        Weights = task.Data.Weights,
        Declared = task.Data.Schema,
        AreFilesSeparate = task.Data.Participants is FileParticipants,
    };

    /// <summary>The declared maximum, else the largest weight in the task's own files.</summary>
    private double WeightBound(string weights, DataTable[] tables)
    {
        if (_task.Data.Schema.GetValueOrDefault(weights) is { HasRange: true } declared) return declared.Maximum;
        if (_request.AreFilesSeparate)
            throw _task.Error("data.weights", $"with one file per participant nobody may look for the largest weight; declare schema: {{ {weights}: {{ range: [0, LARGEST] }} }}.");
        return tables.Select(t => t.Find(weights)).Where(c => c is { IsNumeric: true }).Select(c => TensorPrimitives.MaxNumber(c!.Numbers)).DefaultIfEmpty(1).Max();
    }
}
