using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Federation.Tasks;
using Coterie.Privacy.Sums;

namespace Coterie.Tests.Tasks;

public sealed class TaskFileTests
{
    private const string Minimal = """
        task: t
        data: { file: a.csv, participants: { count: 2 } }
        learner: ridge-regression
        privacy: { mode: federated }
        """;

    [Fact]
    public void Parse_EveryKey_IsRead()
    {
        var task = TaskFile.Parse("""
            task: diabetes-progression
            data:
              file: sub/../d.csv
              target: y
              participants: { count: 5, by: dirichlet, alpha: 0.3 }
              test: { column: part, values: [-2] }
              validation: { fraction: 0.25 }
              columns: { exclude: [ id ] }
              schema: { age: { type: num, range: [0, 120] }, sex: { type: cat, values: [f, m] }, note: { type: text }, flag: { type: bin } }
              weights: w
            preprocessing: [ impute, { one-hot: { columns: [sex] } }, { name: standardize, scale: true } ]
            learner: { name: ridge-regression, alpha: 10, rate: 1e-3, start: zero, class-weights: { a: 1, b: 2.5 }, on: false, none: }
            privacy: { mode: secure-aggregation, threshold: 4, allow-small-roster: true, topology: ring, key-bits: 3072, computing: [a, b, c], security: malicious, model-to: all }
            aggregation: { rule: mean }
            sampling: { fraction: 1 }
            stop: { rounds: 100, tolerance: 1e-8 }
            """, "/folder/task.yaml");
        Assert.Equal("/folder/task.yaml", task.File);
        Assert.Equal("diabetes-progression", task.Name);
        Assert.Equal("/folder/d.csv", task.Data.File);
        Assert.Equal("y", task.Data.Target);
        Assert.Equal(new DealtParticipants(5, DealRule.Dirichlet, 0.3), task.Data.Participants);
        var test = Assert.IsType<ColumnHoldOut>(task.Data.Test);
        Assert.Equal("part", test.Column);
        Assert.Equal(["-2"], test.Values.ToArray());
        Assert.Equal(new FractionHoldOut(0.25), task.Data.Validation);
        Assert.Equal(["id"], task.Data.Exclude.ToArray());
        Assert.Equal((0, 120), (task.Data.Schema["age"].Minimum, task.Data.Schema["age"].Maximum));
        Assert.Equal(["f", "m"], task.Data.Schema["sex"].Values.ToArray());
        Assert.Equal([ColumnType.Numeric, ColumnType.Binary, ColumnType.Text, ColumnType.Categorical], task.Data.Schema.Values.Select(c => c.Type!.Value));
        Assert.Equal("w", task.Data.Weights);
        Assert.Equal(["impute", "one-hot", "standardize"], task.Preprocessing.Select(p => p.Name));
        Assert.Equal(["sex"], Assert.IsType<ImmutableArray<string>>(task.Preprocessing[1].Parameters["columns"]).ToArray());
        Assert.Equal(true, task.Preprocessing[2].Parameters["scale"]);
        Assert.Equal("ridge-regression", task.Learner.Name);
        Assert.Equal(10L, task.Learner.Parameters["alpha"]);
        Assert.Equal(1e-3, task.Learner.Parameters["rate"]);
        Assert.Equal("zero", task.Learner.Parameters["start"]);
        Assert.Equal(false, task.Learner.Parameters["on"]);
        Assert.Null(task.Learner.Parameters["none"]);
        Assert.Equal(2.5, Assert.IsType<ImmutableSortedDictionary<string, double>>(task.Learner.Parameters["class-weights"])["b"]);
        Assert.Equal(("secure-aggregation", 4, true, Topology.Ring), (task.Privacy.Mode, task.Privacy.Threshold, task.Privacy.AllowSmallRoster, task.Privacy.Topology));
        Assert.Equal(3072L, task.Privacy.ModeKeys["key-bits"]);
        Assert.Equal(["computing", "key-bits", "model-to", "security"], task.Privacy.ModeKeys.Keys);
        Assert.Equal(new StopRule(100, 1e-8), task.Stop.Over(new StopRule(5, null)));
        Assert.Equal(9, task.LineOf("data.schema.age.range"));
        Assert.Equal(12, task.LineOf("learner.alpha"));
        Assert.Equal(12, task.LineOf("learner.alpah"));
        Assert.Equal(11, task.LineOf("preprocessing[1].columns"));
    }

    [Fact]
    public void Parse_Minimal_HasDefaults()
    {
        var task = TaskFile.Parse("\uFEFF" + Minimal, "task.yaml");
        Assert.Equal(new DealtParticipants(2, DealRule.RoundRobin), task.Data.Participants);
        Assert.Equal("ridge-regression", task.Learner.Name);
        Assert.Empty(task.Learner.Parameters);
        Assert.Empty(task.Preprocessing);
        Assert.Null(task.Data.Test);
        Assert.Equal(new StopRule(7, 0.5), task.Stop.Over(new StopRule(7, 0.5)));
    }

    [Fact]
    public void Parse_ParticipantForms_AreTold()
    {
        var byColumn = Assert.IsType<ColumnParticipants>(WithParticipants("{ column: part, values: [0, 1] }").Data.Participants);
        Assert.Equal(["0", "1"], byColumn.Values.ToArray());
        Assert.Empty(Assert.IsType<ColumnParticipants>(WithParticipants("{ column: part }").Data.Participants).Values);
        Assert.Equal(DealRule.Label, Assert.IsType<DealtParticipants>(WithParticipants("{ count: 3, by: label }").Data.Participants).By);
        var files = TaskFile.Parse("""
            task: t
            data:
              participants: [ { name: north, file: n.csv }, { name: south, file: s.csv } ]
              test: { file: ../t.csv }
            learner: { name: k-means }
            privacy: { mode: federated }
            """, "/x/y/task.yaml");
        Assert.Equal([new("north", "/x/y/n.csv"), new("south", "/x/y/s.csv")], Assert.IsType<FileParticipants>(files.Data.Participants).Files.ToArray());
        Assert.Equal(new FileHoldOut("/x/t.csv"), files.Data.Test);
        Assert.Null(files.Data.File);
    }

    [Theory]
    [InlineData("tsk: t", 1, "tsk", "did you mean 'task'?")]
    [InlineData("stop: { round: 5 }", 1, "stop.round", "did you mean 'rounds'?")]
    [InlineData("stop:\n  rounds: 0", 2, "stop.rounds", "is '0'; a whole number from 1 to")]
    [InlineData("stop: { rounds: 1.5 }", 1, "stop.rounds", "a whole number")]
    [InlineData("stop: { rounds: \"5\" }", 1, "stop.rounds", "a whole number")]
    [InlineData("stop: { tolerance: -1 }", 1, "stop.tolerance", "a number of at least 0 is expected")]
    [InlineData("stop: { tolerance: .inf }", 1, "stop.tolerance", "a number of at least 0")]
    [InlineData("stop: 5", 1, "stop", "is '5'; a mapping with rounds or tolerance is expected")]
    [InlineData("stop: { rounds: 1, rounds: 2 }", 1, "stop.rounds", "is given twice")]
    [InlineData("task: again", 2, "task", "is given twice, first on line 1")]
    [InlineData("preprocessing: [ { a: {}, b: {} } ]", 1, "preprocessing[0]", "one key per item")]
    [InlineData("preprocessing: [ [a] ]", 1, "preprocessing[0]", "is a list; a name")]
    [InlineData("preprocessing: [ { one-hot: { columns: [[a]] } } ]", 1, "preprocessing[0].columns", "is a list of other things")]
    [InlineData("differential-privacy: { epsilon: 1, delta: 1e-5, where: central, unit: row }", 1, "differential-privacy", "not available yet")]
    [InlineData("differential-privacy: { epsilon: 0 }", 1, "differential-privacy.epsilon", "above 0")]
    [InlineData("differential-privacy: { epsilon: 1, where: here }", 1, "differential-privacy.where", "one of central, distributed, local")]
    [InlineData("aggregation: { rule: krum, byzantine: 2 }", 1, "aggregation", "not available yet")]
    [InlineData("sampling: { part: 0.5 }", 1, "sampling.part", "fraction")]
    [InlineData("sampling: { fraction: 2 }", 1, "sampling.fraction", "at most 1")]
    [InlineData("start: { model: model.json }", 1, "start", "not available yet")]
    public void Parse_BadSection_NamesLineAndField(string section, int line, string field, string message)
    {
        // Sections come first, so their lines are known; the task line follows or precedes.
        var text = section == "task: again" ? Minimal.ReplaceLineEndings("\n").Replace("task: t\n", "task: t\ntask: again\n", StringComparison.Ordinal) : section + "\n" + Minimal;
        AssertProblem(text, line, field, message);
    }

    [Theory]
    [InlineData("{ count: 0 }", "data.participants.count", "from 1 to")]
    [InlineData("{ count: many }", "data.participants.count", "is 'many'; a whole number")]
    [InlineData("{ by: label }", "data.participants.count", "is missing")]
    [InlineData("{ count: 2, by: roundrobin }", "data.participants.by", "one of round-robin, contiguous, dirichlet, label")]
    [InlineData("{ count: 2, by: dirichlet }", "data.participants.alpha", "is missing")]
    [InlineData("{ count: 2, alpha: 1 }", "data.participants.alpha", "by: dirichlet only")]
    [InlineData("{ column: a, count: 2 }", "data.participants.count", "is unknown")]
    [InlineData("{ column: a, values: [] }", "data.participants.values", "is an empty list")]
    [InlineData("{ column: a, values: [1, 1] }", "data.participants.values[1]", "repeats '1'")]
    [InlineData("{ }", "data.participants", "is expected")]
    [InlineData("5", "data.participants", "is '5'; { count: 5")]
    [InlineData("[ ]", "data.participants", "is an empty list")]
    [InlineData("{ cout: 5 }", "data.participants.cout", "did you mean 'count'?")]
    [InlineData("[ { name: a } ]", "data.participants[0].file", "is missing")]
    [InlineData("[ { name: a, file: x.csv }, { name: a, file: y.csv } ]", "data.participants[1].name", "repeats 'a'")]
    public void Parse_BadParticipants_NamesTheField(string participants, string field, string message) =>
        AssertProblem($"task: t\ndata:\n  file: a.csv\n  participants: {participants}\nlearner: x\nprivacy: {{ mode: federated }}\n", 4, field, message);

    [Theory]
    [InlineData("fil: a.csv", "data.fil", "did you mean 'file'?")]
    [InlineData("test: { every: 1 }", "data.test.every", "from 2 to")]
    [InlineData("test: { every: 5, fraction: 0.2 }", "data.test", "mixes every and fraction")]
    [InlineData("test: { evry: 5 }", "data.test", "has no known form")]
    [InlineData("test: { column: part }", "data.test.values", "is missing")]
    [InlineData("validation: { fraction: 1 }", "data.validation.fraction", "below 1")]
    [InlineData("columns: { include: [a], exclude: [b] }", "data.columns", "one of them is expected")]
    [InlineData("columns: { exclude: [[a]] }", "data.columns.exclude[0]", "a word is expected")]
    [InlineData("schema: { a: { type: number } }", "data.schema.a.type", "one of num, bin, cat, text")]
    [InlineData("schema: { a: { type: num, range: [1, 0] } }", "data.schema.a.range", "ascending")]
    [InlineData("schema: { a: { type: num, range: 5 } }", "data.schema.a.range", "[smallest, largest]")]
    [InlineData("schema: { a: { type: cat, range: [0, 1] } }", "data.schema.a.range", "type: num only")]
    [InlineData("schema: { a: { type: text, values: [x] } }", "data.schema.a.values", "cannot be declared for text")]
    [InlineData("schema: { a: { type: bin, values: [x, y, z] } }", "data.schema.a.values", "has two")]
    [InlineData("schema: { a: num }", "data.schema.a", "is 'num'; { type: num")]
    [InlineData("target: [y]", "data.target", "is a list; a column's name is expected")]
    public void Parse_BadData_NamesTheField(string entry, string field, string message) =>
        AssertProblem($"task: t\ndata:\n  file: a.csv\n  participants: {{ count: 2 }}\n  {entry}\nlearner: x\nprivacy: {{ mode: federated }}\n", 5, field, message);

    [Theory]
    [InlineData("", "", "is empty")]
    [InlineData("just text", "", "a mapping with task, data, learner and privacy is expected")]
    [InlineData("a: [1, 2", "", "not valid YAML")]
    [InlineData("a: &x [1]\nb: *x", "a", "anchors")]
    [InlineData("a: !!int 3", "a", "tags")]
    [InlineData("b: *x", "b", "aliases")]
    [InlineData("a: 1\n---\nb: 2", "", "second document")]
    [InlineData("a: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "a[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]", "nested deeper")]
    [InlineData("[1]: 2", "", "a key has to be a word")]
    public void Parse_NoTask_IsRefused(string text, string field, string message)
    {
        var error = Assert.Throws<TaskFileException>(() => TaskFile.Parse(text, "bad.yaml"));
        Assert.Equal(field, error.Field);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NothingInside_TellsEveryMissingKey()
    {
        var error = Assert.Throws<TaskFileException>(() => TaskFile.Parse("stop: { rounds: 1 }", "t.yaml"));
        Assert.Equal(["task", "data", "learner", "privacy"], error.Problems.Select(p => p.Field));
        Assert.All(error.Problems, p => Assert.Contains("is missing", p.Message, StringComparison.Ordinal));
        Assert.Equal(4, error.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("'a b'")]
    public void Parse_TaskNameThatIsNoFolderName_IsRefused(string name) =>
        AssertProblem(Minimal.Replace("task: t", "task: " + name, StringComparison.Ordinal), 1, "task", "names the folder of results");

    [Fact]
    public void Parse_SeveralDefects_AreToldInOrder()
    {
        var error = Assert.Throws<TaskFileException>(() => TaskFile.Parse("""
            task: t
            data:
              file: a.csv
              participants: { count: -1 }
              test: { every: x }
            learner: r
            privacy: { mode: federated, threshold: 0, extra: 1 }
            """, "t.yaml"));
        Assert.Equal([(4, "data.participants.count"), (5, "data.test.every"), (7, "privacy.threshold"), (7, "privacy.extra")], error.Problems.Select(p => (p.Line, p.Field)));
    }

    [Fact]
    public void Load_AbsentOrLongFile_IsRefused()
    {
        using var folder = new Data.TemporaryFolder();
        Assert.Contains("no such task file", Assert.Throws<TaskFileException>(() => TaskFile.Load(folder.At("t.yaml"))).Message, StringComparison.Ordinal);
        var path = folder.Write("long.yaml", new string('#', TaskFile.MaximumBytes + 1));
        Assert.Contains("longer than", Assert.Throws<TaskFileException>(() => TaskFile.Load(path)).Message, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Assert.Throws<TaskFileException>(() => TaskFile.Load(folder.Write("b.yaml", [0xFF, 0xFF, 0x0A]))).Message, StringComparison.Ordinal);
        Assert.Equal(folder.At("a.csv"), TaskFile.Load(folder.Write("ok.yaml", Minimal)).Data.File);
    }

    [Fact]
    public void Build_RefusedParameter_IsToldAtItsLine()
    {
        CatalogueEntry<double>[] catalogue = [new("ridge-regression", "", [new ParameterSpec("alpha", ParameterKind.Number, 1.0, "") { Minimum = 0 }], v => v.Number("alpha"))];
        Assert.Equal(3, Learner("name: ridge-regression\n  alpha: 3").Build(catalogue));
        AssertRefused("name: ridge-regression\n  alpha: -3", 5, "learner.alpha", "a number of at least 0 is accepted");
        AssertRefused("name: ridge-regression\n\n  alpah: 3", 6, "learner.alpah", "has no parameter 'alpah'");
        AssertRefused("name: ridge", 4, "learner.name", "there is no learner 'ridge'; did you mean 'ridge-regression'?");

        NamedLearner Learner(string text)
        {
            var task = TaskFile.Parse($"task: t\ndata: {{ file: a.csv, participants: {{ count: 2 }} }}\nlearner:\n  {text}\nprivacy: {{ mode: federated }}\n", "t.yaml");
            return new NamedLearner(c => task.Learner.Build(task, c, "learner"));
        }

        void AssertRefused(string text, int line, string field, string message)
        {
            var error = Assert.Throws<TaskFileException>(() => Learner(text).Build(catalogue));
            Assert.Equal((line, field), (error.Line, error.Field));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    private sealed record NamedLearner(Func<IReadOnlyCollection<CatalogueEntry<double>>, double> Build);

    private static TaskFile WithParticipants(string participants) =>
        TaskFile.Parse(Minimal.Replace("{ count: 2 }", participants, StringComparison.Ordinal), "t.yaml");

    private static void AssertProblem(string text, int line, string field, string message)
    {
        var error = Assert.Throws<TaskFileException>(() => TaskFile.Parse(text, "some/task.yaml"));
        var problem = error.Problems.FirstOrDefault(p => p.Field == field);
        Assert.True(problem.Field == field, error.Message);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(line, problem.Line);
        Assert.Contains($"some/task.yaml:{line}: {field}: ", error.Message, StringComparison.Ordinal);
    }
}
