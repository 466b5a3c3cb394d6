using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Tasks;
using Coterie.Tests.Data;

namespace Coterie.Tests.Tasks;

public sealed class TaskDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_RoundRobinEvery_DealsTrainingRowsInFileOrder()
    {
        WriteRows(12);
        var data = Load("participants: { count: 3, by: round-robin }\n  test: { every: 5 }");
        Assert.Equal(["participant-1", "participant-2", "participant-3"], data.Participants.Select(p => p.Name.Name));
        // Rows 0, 5 and 10 are test; 1 2 3 4 6 7 8 9 11 are dealt.
        Assert.Equal([0, 5, 10], X(data.Test!));
        Assert.Equal([1, 4, 8], X(data.Participants[0].Shard));
        Assert.Equal([2, 6, 9], X(data.Participants[1].Shard));
        Assert.Equal([3, 7, 11], X(data.Participants[2].Shard));
        Assert.Equal(new RowOrigin(_folder.At("d.csv"), 4, 6), data.Participants[0].Origins[1]);
        Assert.Equal([2, 7, 12], data.TestOrigins.Select(o => o.Line));
        Assert.Null(data.Validation);
    }

    [Fact]
    public void Load_TestAndValidation_TestTakesFirst()
    {
        WriteRows(12);
        var data = Load("participants: { count: 2, by: contiguous }\n  test: { every: 4 }\n  validation: { every: 3 }");
        Assert.Equal([0, 4, 8], X(data.Test!));
        Assert.Equal([3, 6, 9], X(data.Validation!));
        Assert.Equal([1, 2, 5], X(data.Participants[0].Shard));
        Assert.Equal([7, 10, 11], X(data.Participants[1].Shard));
    }

    [Fact]
    public void Load_Fraction_IsSeededAndRounded()
    {
        WriteRows(30);
        const string entry = "participants: { count: 2 }\n  test: { fraction: 0.25 }\n  validation: { fraction: 0.1 }";
        var (first, again, other) = (Load(entry, seed: 1), Load(entry, seed: 1), Load(entry, seed: 2));
        Assert.Equal(8, first.Test!.Rows);
        Assert.Equal(3, first.Validation!.Rows);
        Assert.Equal(X(first.Test), X(again.Test!));
        Assert.NotEqual(X(first.Test), X(other.Test!));
        AssertEveryRowOnce(30, first);
    }

    [Theory]
    [InlineData("count: 4, by: round-robin")]
    [InlineData("count: 4, by: contiguous")]
    [InlineData("count: 4, by: label")]
    [InlineData("count: 4, by: dirichlet, alpha: 0.5")]
    [InlineData("column: part")]
    public void Load_AnyDealing_LosesNoRow(string participants)
    {
        foreach (var rows in (int[])[20, 53, 101])
            foreach (var seed in (ulong[])[0, 1, 2, ulong.MaxValue])
            {
                WriteRows(rows);
                var data = Load($"participants: {{ {participants} }}\n  test: {{ fraction: 0.2 }}\n  validation: {{ every: 7 }}", seed: seed, learning: LearningTask.Regression);
                AssertEveryRowOnce(rows, data);
                Assert.All(data.Participants, p => Assert.Equal(X(p.Shard).Order(), X(p.Shard)));
            }
    }

    [Fact]
    public void Load_ByLabel_GivesStretchesOfTheSortedTarget()
    {
        _folder.Write("d.csv", "x,y\n0,b\n1,a\n2,b\n3,c\n4,a\n5,c\n");
        var data = Load("participants: { count: 3, by: label }", LearningTask.MulticlassClassification);
        Assert.Equal([[1, 4], [0, 2], [3, 5]], data.Participants.Select(p => X(p.Shard)));
        Assert.Equal([0, 0], data.Participants[0].Shard.Targets!.ToArray());
    }

    [Fact]
    public void Load_ByColumn_NamesParticipantsByValueAscending()
    {
        _folder.Write("d.csv", "Hospital,x,y\n10,0,1\n9,1,2\n-1,2,3\n10,3,4\n");
        var data = Load("participants: { column: Hospital }");
        Assert.Equal(["hospital--1", "hospital-9", "hospital-10"], data.Participants.Select(p => p.Name.Name));
        Assert.Equal([[2], [1], [0, 3]], data.Participants.Select(p => X(p.Shard)));
        Assert.Equal(["x"], data.Schema.Features.Select(c => c.Name));
    }

    [Fact]
    public void Load_ByColumnValues_OtherRowsDoNotTrain()
    {
        _folder.Write("d.csv", "part,x,y\n0,0,1\n1,1,2\n-1,2,3\n-2,3,4\n2,4,5\n");
        var data = Load("participants: { column: part, values: [1, 0] }\n  test: { column: part, values: [-2] }\n  validation: { column: part, values: [-1] }");
        Assert.Equal(["part-1", "part-0"], data.Participants.Select(p => p.Name.Name));
        Assert.Equal([[1], [0]], data.Participants.Select(p => X(p.Shard)));
        Assert.Equal([3], X(data.Test!));
        Assert.Equal([2], X(data.Validation!));
    }

    [Fact]
    public void Load_NamesThatClashOnceCleaned_StayDistinct()
    {
        _folder.Write("d.csv", "city,x,y\nKöln A,0,1\nK_ln A,1,2\nk-ln a,2,3\nK ln A,3,4\n");
        var names = Load("participants: { column: city }").Participants.Select(p => p.Name.Name).ToArray();
        Assert.Equal(4, names.Distinct().Count());
        Assert.Contains("city-k_ln-a", names);
        Assert.Contains("city-k-ln-a-2", names);
    }

    [Fact]
    public void Load_FilePerParticipant_MatchesColumnsAndKeepsLabels()
    {
        _folder.Write("n.csv", "x,z,y\n1,2,-1\n3,4,1\n");
        _folder.Write("s.csv", "y,z,x\n1,6,5\n-1,8,7\n1,10,9\n");
        _folder.Write("t.csv", "z,y,x\n12,1,11\n");
        var data = LoadText("""
            task: t
            data:
              participants: [ { name: North, file: n.csv }, { name: south, file: s.csv } ]
              target: y
              test: { file: t.csv }
            learner: l
            privacy: { mode: federated }
            """, LearningTask.BinaryClassification);
        Assert.Equal(["north", "south"], data.Participants.Select(p => p.Name.Name));
        Assert.Equal([5, 6, 7, 8, 9, 10], data.Participants[1].Shard.Features.ToArray());
        Assert.Equal([1, -1, 1], data.Participants[1].Shard.Targets!.ToArray());
        Assert.Equal([11, 12], data.Test!.Features.ToArray());
        Assert.Empty(data.Schema.Target!.Values);
    }

    [Fact]
    public void LoadOwn_FilePerParticipant_ReadsNoOtherFile()
    {
        _folder.Write("s.csv", "x,y\n1,2\n3,4\n5,6\n");
        const string text = "task: t\ndata:\n  participants: [ { name: n, file: absent.csv }, { name: s, file: s.csv } ]\n  test: { file: absent.csv }\n  validation: { fraction: 0.3 }\nlearner: l\nprivacy: { mode: federated }\n";
        var task = TaskFile.Parse(text, _folder.At("task.yaml"));
        var data = TaskData.LoadOwn(task, LearningTask.Regression, 3, new PartyId("s"));
        Assert.Equal("s", Assert.Single(data.Participants).Name.Name);
        Assert.Null(data.Test);
        _folder.Write("absent.csv", "x,y\n1,2\n3,4\n5,6\n");
        Assert.Equal(TaskData.Load(task, LearningTask.Regression, 3).Participants[1].Shard.Features, data.Participants[0].Shard.Features);
        AssertRefused(() => TaskData.LoadOwn(task, LearningTask.Regression, 3, new PartyId("q")), "data.participants", 3, "there is no participant 'q'");
    }

    [Fact]
    public void LoadOwn_DealtRows_KeepsItsPart()
    {
        WriteRows(12);
        var task = TaskFile.Parse("task: t\ndata: { file: d.csv, participants: { count: 3 } }\nlearner: l\nprivacy: { mode: federated }\n", _folder.At("task.yaml"));
        Assert.Equal([1, 4, 7, 10], X(Assert.Single(TaskData.LoadOwn(task, LearningTask.Regression, 0, new PartyId("participant-2")).Participants).Shard));
        AssertRefused(() => TaskData.LoadOwn(task, LearningTask.Regression, 0, new PartyId("participant-4")), "data.participants", 2, "did you mean 'participant-");
    }

    [Fact]
    public void Locate_ShardException_NamesFileAndLine()
    {
        WriteRows(12);
        var participant = Load("participants: { count: 3 }").Participants[1];
        var error = participant.Locate(new ShardException("is missing.", "x", 2));
        Assert.Equal((_folder.At("d.csv"), 9, "x", "is missing."), (error.File, error.Line, error.Column, error.Problem));
        Assert.Null(participant.Locate(new ShardException("too few rows.")).Line);
    }

    [Fact]
    public void Load_Weights_AreReadAndBounded()
    {
        _folder.Write("d.csv", "x,y,w\n1,2,0.5\n3,4,2\n");
        var data = Load("participants: { count: 2 }\n  weights: w");
        Assert.Equal("y", data.Schema.Target!.Name);
        Assert.Equal(["x"], data.Schema.Features.Select(c => c.Name));
        Assert.Equal(2, data.Schema.WeightBound);
        Assert.Equal([2], data.Participants[1].Shard.Weights!.ToArray());
    }

    [Theory]
    [InlineData("target: Z", "data.target", 5, "there is no column 'Z'")]
    [InlineData("target: yy", "data.target", 5, "did you mean 'y'?")]
    [InlineData("columns: { exclude: [xx] }", "data.columns.exclude[0]", 5, "did you mean 'x'?")]
    [InlineData("columns: { include: [x, clss] }", "data.columns.include[1]", 5, "did you mean 'class'?")]
    [InlineData("schema: { prt: { type: num } }", "data.schema.prt", 5, "did you mean 'part'?")]
    [InlineData("weights: ww", "data.weights", 5, "there is no column 'ww'")]
    [InlineData("test: { column: prt, values: [1] }", "data.test.column", 5, "did you mean 'part'?")]
    [InlineData("test: { column: part, values: [77] }", "data.test.values", 5, "no row of")]
    [InlineData("test: { fraction: 0.001 }", "data.test.fraction", 5, "is 0, but 12 are left")]
    [InlineData("target: y\n  columns: { exclude: [y] }", "data.columns.exclude", 6, "is the target")]
    [InlineData("target: y\n  weights: y", "data.weights", 6, "is the target")]
    [InlineData("target: y\n  schema: { y: { values: [1, 2] } }", "data.schema.y", 6, "target of a regression")]
    [InlineData("test: { column: part, values: [0, 1, 2, 3] }", "data.test", 5, "none is left to train")]
    public void Load_TaskThatDoesNotFitTheFile_NamesTheField(string entry, string field, int line, string message)
    {
        WriteRows(12);
        AssertRefused(() => Load("participants: { count: 2 }\n  " + entry), field, line, message);
    }

    [Theory]
    [InlineData("{ count: 13 }", "data.participants.count", "13 participants share 12 training rows")]
    [InlineData("{ column: hospital }", "data.participants.column", "there is no column 'hospital'")]
    [InlineData("{ column: part, values: [0, 9] }", "data.participants.values", "participant 'part-9' gets no training rows")]
    [InlineData("{ column: y, values: [0] }", "data.participants.column", "is the target")]
    public void Load_ParticipantsThatDoNotFit_NamesTheField(string participants, string field, string message)
    {
        WriteRows(12);
        AssertRefused(() => Load($"participants: {participants}\n  target: y"), field, 4, message);
    }

    [Fact]
    public void Load_LabelDealingWithoutTarget_IsRefused()
    {
        WriteRows(12);
        AssertRefused(() => Load("participants: { count: 2, by: label }", LearningTask.Clustering), "data.participants.by", 4, "there is none");
        Assert.Equal(2, Load("participants: { count: 2, by: label }\n  target: class", LearningTask.Clustering).Participants.Length);
        Assert.Null(Load("participants: { count: 2 }\n  target: none", LearningTask.Clustering).Schema.Target);
    }

    [Fact]
    public void Load_PreprocessingColumns_AreChecked()
    {
        WriteRows(12);
        const string text = "task: t\ndata:\n  file: d.csv\n  participants: { count: 2 }\npreprocessing:\n  - one-hot: { columns: [clas] }\nlearner: l\nprivacy: { mode: federated }\n";
        AssertRefused(() => LoadText(text, LearningTask.Regression), "preprocessing[0].columns[0]", 6, "did you mean 'class'?");
        Assert.NotNull(LoadText(text.Replace("clas", "class=a", StringComparison.Ordinal), LearningTask.Regression));
    }

    [Fact]
    public void Load_DataErrors_NameFileAndLine()
    {
        _folder.Write("d.csv", "x,y\n1,2\n200,3\n");
        var error = Assert.Throws<DataFileException>(() => Load("participants: { count: 2 }\n  schema: { x: { type: num, range: [0, 100] } }"));
        Assert.Equal((_folder.At("d.csv"), 3, "x"), (error.File, error.Line, error.Column));
        Assert.Contains("declare range: [0, 200]", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'd.csv'?", Assert.Throws<DataFileException>(() => Load("participants: { count: 2 }\n  test: { file: dd.csv }")).Message, StringComparison.Ordinal);
    }

    private static double[] X(Shard shard) => [.. Enumerable.Range(0, shard.Rows).Select(i => shard.Features[i, 0])];

    private static void AssertEveryRowOnce(int rows, TaskData data) =>
        Assert.Equal(Enumerable.Range(0, rows).Select(i => (double)i),
            data.Participants.SelectMany(p => X(p.Shard)).Concat(data.Test is null ? [] : X(data.Test)).Concat(data.Validation is null ? [] : X(data.Validation)).Order());

    private void WriteRows(int rows) =>
        _folder.Write("d.csv", "x,class,part,y\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{"abc"[i % 3]},{i % 4},{i * 37 % 101}\n"))));

    private TaskData Load(string entry, LearningTask learning = LearningTask.Regression, ulong seed = 0) =>
        LoadText($"task: t\ndata:\n  file: d.csv\n  {entry}\nlearner: l\nprivacy: {{ mode: federated }}\n", learning, seed);

    private TaskData LoadText(string text, LearningTask learning, ulong seed = 0) => TaskData.Load(TaskFile.Parse(text, _folder.At("task.yaml")), learning, seed);

    private static void AssertRefused(Func<object> action, string field, int line, string message)
    {
        var error = Assert.Throws<TaskFileException>(action);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((field, line), (error.Field, error.Line));
    }
}
