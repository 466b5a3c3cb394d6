using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Federation.External;
using Coterie.Federation.Training;
using Coterie.Learning.External;
using Coterie.Privacy;

namespace Coterie.Tests.External;

/// <summary>Programs that do as they should, and programs that do not.</summary>
public sealed class ExternalProgramsTests : IDisposable
{
    private const double Bound = 100;
    private static readonly Schema Columns = new([new Column("a") { Minimum = 0, Maximum = 9, IsRangeDeclared = true }], new Column("y") { Minimum = 0, Maximum = 9, IsRangeDeclared = true });
    private readonly ShellProgram _program = new();

    public static TheoryData<string> Modes => ["federated", "secure-aggregation", "shared-key"];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Run_HonestPrograms_AveragesWeightedByRows(string mode)
    {
        var learner = Learner() with { LossBound = Bound };
        var outcome = await RunAsync(learner, _program.Write(), mode, [1, 2, 5], rounds: 3);
        var model = outcome.Model.Parameters;
        // Each gives its number of rows: the mean over rows is (1 + 4 + 25) / 8.
        Assert.Equal(["b", "w"], model.Names.ToArray());
        Assert.Equal(0.5, model["b"][0, 0], 1e-9);
        Assert.Equal(30.0 / 8, model["w"][0, 0], 1e-9);
        Assert.Equal(2, model["w"][1, 0], 1e-9);
        Assert.Equal(3, outcome.Rounds);
        Assert.Equal(30.0 / 8, outcome.History[^1].Loss!.Value, 1e-9);
    }

    [Fact]
    public async Task Run_WeightedRows_CountByTheirWeights()
    {
        using var training = new ExternalPrograms(_program.Write(), _program.Folder);
        var schema = Columns with { TotalRows = 2, WeightBound = 4 };
        var learner = Learner() with { Programs = training };
        var plan = new TrainingPlan([], learner, new StopRule(1, null), 0);
        Shard[] shards = [Rows(1) with { Weights = Matrix.Scalar(3) }, Rows(2) with { Weights = Matrix.Column(0.5, 0.5) }];
        var model = await Pipeline.RunAsync(plan, "local", schema, shards, new LocalTrainer(), CancellationToken.None);
        Assert.Equal(((3 * 1) + (1 * 2)) / 4.0, model!.Parameters["w"][0, 0], 1e-12);
    }

    public static TheoryData<string, string, string> Misbehaviours => new()
    {
        { "a block too short", """echo '{"round":0,"blocks":{"b":[1],"w":[1]}}'""", "block 'w' of 1 instead of 2" },
        { "a block too long", """echo '{"round":0,"blocks":{"b":[1],"w":[1,2,3]}}'""", "block 'w' of 3 instead of 2" },
        { "no list", """echo '{"round":0,"blocks":{"b":1,"w":[1,2]}}'""", "block 'b' that is no list of 1" },
        { "a block missing", """echo '{"round":0,"blocks":{"b":[1]}}'""", "1 blocks" },
        { "another block", """echo '{"round":0,"blocks":{"b":[1],"v":[1,2]}}'""", "no 'w'" },
        { "a block twice", """echo '{"round":0,"blocks":{"b":[1],"w":[1,2],"w":[3,4]}}'""", "no JSON" },
        { "above the bound", """echo '{"round":0,"blocks":{"b":[1],"w":[1,100.5]}}'""", "gave 100.5 in 'w' in round 0; at most 100 " },
        { "below the bound", """echo '{"round":0,"blocks":{"b":[-1e9],"w":[1,1]}}'""", "gave -1000000000 in 'b' in round 0; at most 100 " },
        { "NaN", """echo '{"round":0,"blocks":{"b":[NaN],"w":[1,2]}}'""", "no JSON (NaN" },
        { "infinity", """echo '{"round":0,"blocks":{"b":[1e999],"w":[1,2]}}'""", "in block 'b' what is no finite number" },
        { "a word", """echo '{"round":0,"blocks":{"b":["1"],"w":[1,2]}}'""", "in block 'b' what is no finite number" },
        { "another round", """echo '{"round":1,"blocks":{"b":[1],"w":[1,2]}}'""", "another 'round' than 0" },
        { "no blocks", """echo '{"round":0}'""", "no 'blocks'" },
        { "garbage", "echo done", "no JSON" },
        { "a list", "echo '[1]'", "no object" },
        { "half a pair", """printf '{"round":0,"error":"\\ud800"}\n'""", "no Unicode" },
        { "too long a line", "head -c 300000 /dev/zero | tr '\\0' ' '; echo", "wrote a line of more than" },
        { "a line without end", "tr '\\0' ' ' < /dev/zero", "wrote a line of more than" },
        { "death", "echo last words >&2; exit 3", "had ended with exit code 3 in round 0" },
        { "silence", "sleep 20; " + ShellProgram.Honest, "said nothing for 0.5 s in round 0" },
        { "its own error", """echo '{"error":"no convergence"}'""", "reported an error (no convergence) in round 0" },
    };

    [Theory]
    [MemberData(nameof(Misbehaviours))]
    public void Train_ProgramMisbehaves_IsToldWithProgramRoundAndWhatWasExpected(string what, string does, string words)
    {
        Assert.NotEmpty(what);
        var learner = Learner() with { TimeOut = what == "silence" ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(20) };
        var command = _program.Write(does);
        var failure = Assert.Throws<ExternalProgramException>(() => Contribute(learner, command));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains($"'sh {command[1]}'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, failure.Round);
        if (what == "death") Assert.Equal("last words", Assert.Single(failure.LastLines));
    }

    [Fact]
    public void Train_TwoLinesForOne_IsToldInTheNextRound()
    {
        var command = _program.Write(ShellProgram.Honest + "; " + ShellProgram.Honest);
        var failure = Assert.Throws<ExternalProgramException>(() => Contribute(Learner(), command, rounds: 2));
        Assert.Equal(1, failure.Round);
    }

    [Theory]
    [InlineData("""echo '{"protocol":2}'""", "gave another version of the protocol at the start")]
    [InlineData("exit 1", "had ended with exit code 1 at the start")]
    [InlineData("""sleep 20; echo '{"protocol":1}'""", "said nothing for 0.5 s at the start")]
    public void Start_ProgramDoesNotAnswer_IsTold(string hello, string words) =>
        Assert.Contains(words, Assert.Throws<ExternalProgramException>(() => Contribute(Learner() with { TimeOut = TimeSpan.FromSeconds(0.5) }, _program.Write(hello: hello))).Message, StringComparison.Ordinal);

    /// <summary>Who does not read makes the writer wait: with more rows than a pipe holds.</summary>
    [Fact]
    public void Start_ProgramDoesNotRead_TimesOut()
    {
        var command = _program.Write(hello: """echo '{"protocol":1}'; sleep 20""");
        var failure = Assert.Throws<ExternalProgramException>(() => Contribute(Learner() with { TimeOut = TimeSpan.FromSeconds(0.5) }, command, rows: 100_000));
        Assert.Contains("when it was given its rows; {\"rows\": 100000} expected", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_MuchOnStandardError_IsReadBoundedAndKeptFromTheAnswer()
    {
        var log = new ConcurrentQueue<string>();
        var noisy = _program.Write("head -c 4000000 /dev/zero | tr '\\0' 'x' >&2; seq 1 3000 >&2; " + ShellProgram.Honest);
        var blocks = Contribute(Learner(), noisy, log: log.Enqueue);
        Assert.Equal(4, blocks["w"][0, 0] / blocks["share"][0, 0]);
        Assert.InRange(log.Count, 1, 1001);
        Assert.All(log, line => Assert.InRange(line.Length, 0, 500));
    }

    [Theory]
    [InlineData("answers")]
    [InlineData("is silent")]
    public void Train_ProgramsChildren_EndWithTheTraining(string program)
    {
        var child = $"sleep 300 & echo $! > '{_program.At("child")}'; ";
        var command = _program.Write(child + (program == "answers" ? ShellProgram.Honest + "; sleep 300" : "sleep 300"));
        var learner = Learner() with { TimeOut = TimeSpan.FromSeconds(program == "answers" ? 20 : 1) };
        if (program == "answers") Contribute(learner, command);
        else Assert.Throws<ExternalProgramException>(() => Contribute(learner, command));
        var id = int.Parse(File.ReadAllText(_program.At("child")), CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => !Lives(id), TimeSpan.FromSeconds(10)), $"Process {id} still runs.");
    }

    [Fact]
    public async Task Run_Cancelled_DoesNotWaitForTheProgram()
    {
        using var stop = new CancellationTokenSource();
        var command = _program.Write($"touch '{_program.At("begun")}'; sleep 300");
        var running = RunAsync(Learner() with { TimeOut = TimeSpan.FromHours(1) }, command, "federated", [2, 2, 2], 2, stop.Token);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(_program.At("begun")), TimeSpan.FromSeconds(20)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    /// <summary>Neither is there a shell that would read an argument, nor does a file in the folder stand for a program of PATH.</summary>
    [Fact]
    public void Command_IsAnArgumentListAndNoScript()
    {
        var command = _program.Write(start: $"printf '%s' \"$1\" > '{_program.At("argument")}'");
        Contribute(Learner(), [.. command, $"$(touch {_program.At("pwned")}); x"]);
        Assert.Equal($"$(touch {_program.At("pwned")}); x", File.ReadAllText(_program.At("argument")));
        Assert.False(File.Exists(_program.At("pwned")));

        File.Copy(_program.At("program-0.sh"), _program.At("trainer"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_program.At("trainer"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var failure = Assert.Throws<ExternalProgramException>(() => Contribute(Learner(), ["trainer"]));
        Assert.Contains("'trainer' is not there, or may not be run", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_Answers_AreChecked()
    {
        Assert.Equal([1.0, 2.0], Predict(LearningTask.Regression, """echo '{"predictions":[1,2]}'""").ToArray());
        Assert.Equal([0.25, 1.0], Predict(LearningTask.BinaryClassification, """echo '{"predictions":[0.25,1]}'""").ToArray());
        Assert.Equal([0.25, 0.25, 0.5, 0, 0, 1], Predict(LearningTask.MulticlassClassification, """echo '{"predictions":[[0.25,0.25,0.5],[0,0,1]]}'""").ToArray());
        void Refused(LearningTask task, string predictions, string words) =>
            Assert.Contains(words, Assert.Throws<ExternalProgramException>(() => Predict(task, $"echo '{{\"predictions\":{predictions}}}'")).Message, StringComparison.Ordinal);
        Refused(LearningTask.Regression, "[1]", "'predictions' of 1 instead of 2");
        Refused(LearningTask.Regression, "[1,1e999]", "no finite number");
        Refused(LearningTask.BinaryClassification, "[0,1.5]", "gave 1.5 as a probability when it was to predict; 2 predictions from 0 to 1 expected");
        Refused(LearningTask.MulticlassClassification, "[[1,0],[0,1]]", "a row of 'predictions' of 2 instead of 3");
    }

    [Fact]
    public void Predict_Again_AsksTheSameProcess()
    {
        using var programs = new ExternalPrograms(_program.Write(start: $"echo x >> '{_program.At("starts")}'"), _program.Folder);
        var learner = Learner() with { Programs = programs };
        for (var i = 0; i < 3; i++) learner.Predict(Columns, learner.Initialize(Columns, 0), new Matrix(2, 1, [1, 2]));
        Assert.Single(File.ReadAllLines(_program.At("starts")));
    }

    public void Dispose() => _program.Dispose();

    private static ExternalLearner Learner() => new(ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [new KeyValuePair<string, int>("w", 2), new("b", 1)]), Bound, LearningTask.Regression) { TimeOut = TimeSpan.FromSeconds(20) };

    private static Shard Rows(int count) => new(Matrix.Create(count, 1, values => values.Fill(1)), Matrix.Create(count, 1, values =>
    {
        for (var i = 0; i < values.Length; i++) values[i] = i % 3;
    }));

    private Matrix Predict(LearningTask task, string predict)
    {
        using var programs = new ExternalPrograms(_program.Write(predict: predict), _program.Folder);
        var learner = Learner() with { Programs = programs, Task = task };
        var target = task switch { LearningTask.Regression => Columns.Target!, LearningTask.BinaryClassification => new Column("y") { Values = ["n", "p"] }, _ => new Column("y") { Values = ["r", "g", "b"] } };
        var schema = Columns with { Target = target };
        return learner.Predict(schema, learner.Initialize(schema, 0), new Matrix(2, 1, [1, 2]));
    }

    private Blocks<Matrix> Contribute(ExternalLearner learner, ImmutableArray<string> command, int rounds = 1, int rows = 4, Action<string>? log = null)
    {
        using var programs = new ExternalPrograms(command, _program.Folder, log);
        var (ready, training) = (learner with { Programs = programs }).Begin(CancellationToken.None)!.Value;
        using (training)
        {
            var schema = Columns with { TotalRows = rows };
            var local = ready.Open(schema, Rows(rows));
            Blocks<Matrix>? given = null;
            for (var i = 0; i < rounds; i++) given = local.Contribute(ready.Initialize(schema, 0), new Round(i, rows, 3, 7));
            return given!;
        }
    }

    private async Task<TrainingOutcome> RunAsync(ExternalLearner learner, ImmutableArray<string> command, string mode, int[] rows, int rounds, CancellationToken cancellationToken = default)
    {
        using var programs = new ExternalPrograms(command, _program.Folder);
        return await FederatedTraining.RunAsync(
            new TrainingTask
            {
                Plan = new TrainingPlan([], learner with { Programs = programs }, new StopRule(rounds, null), 0),
                Mode = new ModeOptions(mode),
                Schema = Columns,
                Participants = [.. rows.Select((n, i) => new ParticipantShard(new PartyId($"participant-{i}"), Rows(n)))],
            },
            cancellationToken);
    }

    /// <summary>A process that has ended and that nobody has asked about still has a number.</summary>
    private static bool Lives(int id)
    {
        try
        {
            return File.Exists($"/proc/{id}/stat") ? !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal) : !Process.GetProcessById(id).HasExited;
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }
}
