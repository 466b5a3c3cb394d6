using Coterie.Core.Learning;
using Coterie.Federation.Data;

namespace Coterie.Tests.Data;

public sealed class SchemaInferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Infer_Undeclared_TypesByContentAndTakesTheLastColumn()
    {
        var schema = Infer("age,sex,flag,y\n1,m,0,2.5\n2,f,1,3\n,m,1,4\n");
        Assert.Equal(["age", "sex", "flag"], schema.Features.Select(c => c.Name));
        Assert.Equal([ColumnType.Numeric, ColumnType.Categorical, ColumnType.Numeric], schema.Features.Select(c => c.Type));
        Assert.Equal(["f", "m"], schema.Features[1].Values.ToArray());
        Assert.False(schema.Features[0].IsRangeDeclared);
        Assert.True(double.IsNaN(schema.Features[0].Minimum));
        Assert.Equal(new Column("y"), schema.Target);
    }

    [Fact]
    public void Infer_Declared_TakesRangesValuesAndTypes()
    {
        var schema = Infer("age,sex,flag,note,y\n1,m,0,abc,2.5\n2,f,1,def,3\n", r => r with
        {
            Declared = Declare(
                new("age", ColumnType.Numeric) { Minimum = 0, Maximum = 120 },
                new("sex", ColumnType.Categorical) { Values = ["m", "f", "d"] },
                new("flag", ColumnType.Binary),
                new("note", ColumnType.Text)),
        });
        Assert.Equal(["age", "sex", "flag"], schema.Features.Select(c => c.Name));
        Assert.Equal(new Column("age") { Minimum = 0, Maximum = 120, IsRangeDeclared = true }, schema.Features[0]);
        Assert.Equal(["m", "f", "d"], schema.Features[1].Values.ToArray());
        Assert.Equal(ColumnType.Binary, schema.Features[2].Type);
    }

    [Fact]
    public void Infer_IncludeExcludeReservedWeights_LeaveColumnsOut()
    {
        const string content = "a,b,c,y,w,part\n1,2,3,4,5,6\n";
        Assert.Equal(["a", "c"], Infer(content, r => r with { Exclude = ["b"], Weights = "w", Reserved = ["part"] }).Features.Select(c => c.Name));
        var included = Infer(content, r => r with { Include = ["b"], Weights = "w", Reserved = ["part"] });
        Assert.Equal(["b"], included.Features.Select(c => c.Name));
        Assert.Equal("y", included.Target!.Name);
    }

    [Theory]
    [InlineData("1\n0\n1\n", LearningTask.BinaryClassification, "0,1")]
    [InlineData("1\n-1\n+1\n", LearningTask.BinaryClassification, "-1,1")]
    [InlineData("10\n9\n2\n", LearningTask.MulticlassClassification, "2,9,10")]
    [InlineData("yes\nno\nyes\n", LearningTask.BinaryClassification, "no,yes")]
    public void Infer_Labels_AreSortedClasses(string labels, LearningTask learning, string classes)
    {
        var schema = Infer("x,y\n" + string.Concat(labels.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"1,{l}\n")), learning: learning);
        Assert.Equal(classes.Split(','), schema.Target!.Values.ToArray());
    }

    [Fact]
    public void Infer_DeclaredClasses_KeepTheirOrder() =>
        Assert.Equal(["yes", "no"], Infer("x,y\n1,no\n2,yes\n", r => r with { Declared = Declare(new ColumnDeclaration("y") { Values = ["yes", "no"] }) }, LearningTask.BinaryClassification).Target!.Values.ToArray());

    [Fact]
    public void Infer_Clustering_HasNoTarget()
    {
        Assert.Null(Infer("a,b\n1,2\n", learning: LearningTask.Clustering).Target);
        var named = Infer("a,b\n1,2\n", r => r with { Target = "b" }, LearningTask.Clustering);
        Assert.Null(named.Target);
        Assert.Equal(["a"], named.Features.Select(c => c.Name));
    }

    [Theory]
    [InlineData("x,y\n1,2\n2,3\noops,4\n", LearningTask.Regression, 4, "x", "'oops' is no finite number, but 2 other cells of the column are numbers and 1 are not")]
    [InlineData("x,y\n1,2\n2,3\nInfinity,4\n", LearningTask.Regression, 4, "x", "'Infinity' is no finite number")]
    [InlineData("x,y\n1,2\n1e999,3\n5,4\n", LearningTask.Regression, 3, "x", "'1e999' is no finite number")]
    [InlineData("x,y\n1,2\nnull,3\nNone,3\nn/a,4\n", LearningTask.Regression, 3, "x", "leave it missing (an empty cell, NA, NaN or ?)")]
    [InlineData("x,y\n1,2\n2,b\n3,c\n", LearningTask.Regression, 3, "y", "'b' is no finite number, which is expected because the column is the target of a regression")]
    [InlineData("x,y\n1,1\n2,2.5\n", LearningTask.BinaryClassification, 3, "y", "2.5 is no class")]
    [InlineData("x,y\n1,1\n2,1\n", LearningTask.BinaryClassification, null, "y", "has 1 class (1); this learner expects two")]
    [InlineData("x,y\n1,1\n2,2\n3,3\n", LearningTask.BinaryClassification, null, "y", "has 3 classes (1, 2, 3); this learner expects two")]
    [InlineData("x,y\n1,1\n2,0\n3,no\n", LearningTask.BinaryClassification, 4, "y", "'no' is no finite number")]
    public void Infer_BadCells_NamesLineColumnAndRemedy(string content, LearningTask learning, int? line, string column, string problem) =>
        AssertRefused(() => Infer(content, learning: learning), line, column, problem);

    [Fact]
    public void Infer_DeclaredNumbers_RefuseText() =>
        AssertRefused(() => Infer("x,y\na,2\nb,3\n", r => r with { Declared = Declare(new ColumnDeclaration("x", ColumnType.Numeric)) }), 2, "x", "declared num");

    [Fact]
    public void Infer_FreeText_SuggestsToExclude()
    {
        var content = "text,y\n" + string.Concat(Enumerable.Range(0, 65).Select(i => $"word{i},1\n"));
        AssertRefused(() => Infer(content), null, "text", "columns: { exclude: [text] }");
        Assert.Equal(64, Infer("text,y\n" + string.Concat(Enumerable.Range(0, 80).Select(i => $"word{i % 64},1\n"))).Features[0].Values.Length);
    }

    [Fact]
    public void Infer_OnlyText_HasNoFeature() =>
        AssertRefused(() => Infer("text,y\na,1\n", r => r with { Declared = Declare(new ColumnDeclaration("text", ColumnType.Text)) }), 1, null, "no column left");

    [Fact]
    public void Infer_LastColumnExcluded_AsksForATarget() =>
        AssertRefused(() => Infer("x,y,id\n1,2,3\n", r => r with { Exclude = ["id"] }), 1, "id", "name one with target");

    [Fact]
    public void Infer_UnknownTarget_SuggestsTheNearest() =>
        AssertRefused(() => Infer("x,outcome\n1,2\n", r => r with { Target = "outcom" }), 1, "outcom", "did you mean 'outcome'?");

    [Fact]
    public void Infer_SeparateFiles_MatchByNameInTheFirstOnesOrder()
    {
        var schema = InferSeparate("a,b,y\n1,2,3\n", "y,b,a\n6,5,4\n");
        Assert.Equal(["a", "b"], schema.Features.Select(c => c.Name));
        var second = DataFile.Read(_folder.At("1.csv"));
        Assert.Equal([4, 5], ShardReader.Read(second, schema).Features.Values.ToArray());
    }

    [Fact]
    public void Infer_SeparateFiles_NeedDeclaredValues()
    {
        AssertRefused(() => InferSeparate("s,y\nm,1\n", "s,y\nf,2\n"), null, "s", "declare them: schema: { s: { type: cat, values: [f, m] } }");
        AssertRefused(() => InferSeparate(LearningTask.BinaryClassification, "x,y\n1,no\n", "x,y\n2,yes\n"), null, "y", "declare them: schema: { y: { values: [...] } }");
        Assert.Empty(InferSeparate(LearningTask.BinaryClassification, "x,y\n1,-1\n", "x,y\n2,1\n").Target!.Values);
    }

    [Fact]
    public void Infer_SeparateFiles_NameMissingAndExtraColumns()
    {
        AssertRefused(() => InferSeparate("age,b,y\n1,2,3\n", "Age,b,y\n1,2,3\n"), 1, "age", "and here there is 'Age'");
        AssertRefused(() => InferSeparate("a,y\n1,3\n", "a,id,y\n1,2,3\n"), 1, "id", "one too many");
        AssertRefused(() => InferSeparate("a,y\n1,3\n2,4\n3,4\n", "a,y\nx,3\n"), 2, "a", "'x' is no finite number");
    }

    [Fact]
    public void Infer_SparseFilesOfDifferentWidth_TakeTheWidest()
    {
        DataTable[] tables = [DataFile.Read(_folder.Write("a.libsvm", "1 1:1\n-1 2:1\n")), DataFile.Read(_folder.Write("b.libsvm", "1 4:1\n"))];
        var schema = SchemaInference.Infer(tables, new SchemaRequest(LearningTask.BinaryClassification));
        Assert.Equal(["f1", "f2", "f3", "f4"], schema.Features.Select(c => c.Name));
        Assert.Equal([0, 1, 0, 0], ShardReader.Read(tables[0], schema).Features.Row(1).ToArray());
        Assert.Equal([1, 0], ShardReader.Read(tables[0], schema).Targets!.Values.ToArray());
    }

    private Schema Infer(string content, Func<SchemaRequest, SchemaRequest>? adjust = null, LearningTask learning = LearningTask.Regression)
    {
        var request = new SchemaRequest(learning);
        return SchemaInference.Infer([DataFile.Read(_folder.Write("t.csv", content))], adjust is null ? request : adjust(request));
    }

    private Schema InferSeparate(params string[] contents) => InferSeparate(LearningTask.Regression, contents);

    private Schema InferSeparate(LearningTask learning, params string[] contents) =>
        SchemaInference.Infer([.. contents.Select((c, i) => DataFile.Read(_folder.Write($"{i}.csv", c)))], new SchemaRequest(learning) { AreFilesSeparate = true });

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, ColumnDeclaration> Declare(params ColumnDeclaration[] columns) =>
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, columns.Select(c => KeyValuePair.Create(c.Name, c)));

    private static void AssertRefused(Func<object> action, int? line, string? column, string problem)
    {
        var error = Assert.Throws<DataFileException>(action);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Line);
        Assert.Equal(column, error.Column);
    }
}
