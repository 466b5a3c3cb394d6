using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning;
using Coterie.Learning.External;

namespace Coterie.Tests.Learning;

public sealed class ExternalLearnerTests
{
    private static readonly Schema Columns = new([new Column("a")], new Column("y"));

    [Fact]
    public void Build_Example_IsALearnerThatMayRunNothing()
    {
        var learner = Build();
        Assert.Equal([("coefficients", 10), ("intercept", 1)], learner.Blocks.Select(b => (b.Key, b.Value)));
        Assert.Equal((100.0, LearningTask.Regression, 11), (learner.Bound, learner.Task, learner.Entries));
        Assert.Null(learner.Programs);
        Assert.Null(learner.Begin(CancellationToken.None));
        Assert.Throws<InvalidOperationException>(() => learner.Open(Columns, new Shard(Matrix.Scalar(1), Matrix.Scalar(1))));
        Assert.Throws<InvalidOperationException>(() => learner.Predict(Columns, learner.Initialize(Columns, 0), Matrix.Scalar(1)));
    }

    public static TheoryData<string, object?, string> Refused => new()
    {
        { "blocks", null, "is missing" },
        { "bound", null, "is missing" },
        { "bound", 0.0, "a number above 0" },
        { "bound", double.PositiveInfinity, "a number above 0" },
        { "blocks", Sizes(("w", 0.0)), "a whole number from 1" },
        { "blocks", Sizes(("w", 1.5)), "a whole number from 1" },
        { "blocks", Sizes(("w", 1e9)), "a whole number from 1" },
        { "blocks", Sizes(("u", 3e6), ("w", 3e6)), "all of them hold 6000000 numbers" },
        { "blocks", Sizes(), "names 0 blocks" },
        { "blocks", Sizes(("share", 1.0)), "a block is called 'share'" },
        { "blocks", Sizes(("schema", 1.0)), "a block is called 'schema'" },
        { "blocks", Sizes(("a b", 1.0)), "a block is called 'a b'" },
        { "command", ImmutableArray.Create(""), "begins with no word" },
        { "command", ImmutableArray.Create("sh", "\0"), "begins with no word" },
        { "program", "../up", "is no name" },
        { "task", "clustering", "one of regression, binary, multiclass" },
        { "time-out", 0.0, "from 0.1 to 86400" },
        { "loss-bound", 0.0, "above 0" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Build_WrongParameter_NamesIt(string parameter, object? value, string words)
    {
        var refused = Assert.Throws<ParameterException>(() => Build((parameter, value)));
        Assert.Equal(parameter, refused.Parameter);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>What parties sign has to tell apart what they compute, and not what each of them runs.</summary>
    [Fact]
    public void Terms_TellApartWhatIsPublic()
    {
        string[] terms = [.. new (string, object?)[] { ("bound", 1.0), ("blocks", Sizes(("w", 10.0))), ("task", "binary"), ("program", "other"), ("loss-bound", 2.0) }.Select(p => Build(p).Terms)];
        Assert.Equal(terms.Length + 1, terms.Append(Build().Terms).Distinct().Count());
        Assert.Equal(Build().Terms, Build(("command", ImmutableArray.Create("R", "train.R"))).Terms);
    }

    [Fact]
    public void Unpack_OtherBlocks_IsRefused()
    {
        var learner = Build(("blocks", Sizes(("b", 1.0), ("w", 2.0))));
        var model = learner.Unpack(Columns, Blocks<Matrix>.Of(("w", Matrix.Column(1, 2)), ("b", Matrix.Scalar(3))));
        Assert.Equal(["b", "w"], learner.Pack(model).Names.ToArray());
        Assert.Throws<ArgumentException>(() => learner.Unpack(Columns, Blocks<Matrix>.Of(("w", Matrix.Column(1, 2)))));
        Assert.Throws<ArgumentException>(() => learner.Unpack(Columns, Blocks<Matrix>.Of(("w", Matrix.Column(1, 2, 3)), ("b", Matrix.Scalar(3)))));
        Assert.Throws<ArgumentException>(() => learner.Unpack(Columns, Blocks<Matrix>.Of(("w", Matrix.Column(1, double.NaN)), ("b", Matrix.Scalar(3)))));
    }

    [Theory]
    [InlineData("regression", 2)]
    [InlineData("binary", 0)]
    [InlineData("binary", 3)]
    [InlineData("multiclass", 0)]
    public void Predict_TargetOfAnotherTask_IsRefused(string task, int classes)
    {
        var learner = Build(("task", task));
        var schema = Columns with { Target = new Column("y") { Values = [.. Enumerable.Range(0, classes).Select(k => $"{k}")] } };
        Assert.Contains("expects", Assert.Throws<ShardException>(() => learner.Predict(schema, learner.Initialize(schema, 0), Matrix.Scalar(1))).Message, StringComparison.Ordinal);
    }

    private static ImmutableSortedDictionary<string, double> Sizes(params (string Name, double Size)[] sizes) => sizes.ToImmutableSortedDictionary(s => s.Name, s => s.Size, StringComparer.Ordinal);

    private static ExternalLearner Build(params (string Name, object? Value)[] changed)
    {
        var entry = LearnerCatalogue.Find("external")!;
        return (ExternalLearner)entry.Build(entry.Example.SetItems(changed.Select(c => KeyValuePair.Create(c.Name, c.Value))));
    }
}
