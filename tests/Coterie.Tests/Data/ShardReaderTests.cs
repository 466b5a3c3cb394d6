using Coterie.Core.Learning;
using Coterie.Federation.Data;

namespace Coterie.Tests.Data;

public sealed class ShardReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Rows_CodesCategoriesAndClassesAndKeepsMissing()
    {
        var table = DataFile.Read(_folder.Write("t.csv", "w,sex,x,y\n1,m,5,no\n0,?,,yes\n2.5,f,7,no\n"));
        var schema = new Schema(
            [new Column("x"), new Column("sex", ColumnType.Categorical) { Values = ["f", "m"] }],
            new Column("y", ColumnType.Categorical) { Values = ["yes", "no"] })
        { WeightBound = 2.5 };
        var shard = ShardReader.Read(table, schema, [2, 0, 1], "w");
        Assert.Equal([7, 0, 5, 1, double.NaN, double.NaN], shard.Features.ToArray());
        Assert.Equal([1, 1, 0], shard.Targets!.ToArray());
        Assert.Equal([2.5, 1, 0], shard.Weights!.ToArray());
        Assert.Null(ShardReader.Read(table, schema, withTarget: false).Targets);
    }

    [Fact]
    public void Read_DeclaredNumbersAsValues_MatchWhateverTheSpelling()
    {
        var table = DataFile.Read(_folder.Write("t.csv", "a,y\n1.0,1\n2,1\n"));
        var schema = new Schema([new Column("a", ColumnType.Categorical) { Values = ["2", "1"] }], null);
        Assert.Equal([1, 0], ShardReader.Read(table, schema).Features.ToArray());
    }

    [Theory]
    [InlineData("x,c,b,y\n1,f,0,1\n130,f,0,1\n", 3, "x", "130 is outside the declared range [0, 120]; declare range: [0, 130]")]
    [InlineData("x,c,b,y\n1,f,0,1\n-0.5,f,0,1\n", 3, "x", "declare range: [-0.5, 120]")]
    [InlineData("x,c,b,y\n1,f,0,1\n2,d,0,1\n", 3, "c", "'d' is not among the values f, m")]
    [InlineData("x,c,b,y\n1,f,2,1\n", 2, "b", "2 is neither 0 nor 1")]
    [InlineData("x,c,b,y\n1,f,0,1\n1,f,0,\n", 3, "y", "the target is missing")]
    [InlineData("x,c,b,z\n1,f,0,1\n", 1, "y", "is missing; ")]
    [InlineData("x,c,b,y\n1,f,0,1\ntall,f,0,1\n", 3, "x", "'tall' is no finite number")]
    public void Read_CellOutsideTheSchema_NamesLineColumnAndValue(string content, int line, string column, string problem)
    {
        var table = DataFile.Read(_folder.Write("t.csv", content));
        var schema = new Schema(
            [
                new Column("x") { Minimum = 0, Maximum = 120, IsRangeDeclared = true },
                new Column("c", ColumnType.Categorical) { Values = ["f", "m"], Minimum = 0, Maximum = 1, IsRangeDeclared = true },
                new Column("b", ColumnType.Binary) { Minimum = 0, Maximum = 1, IsRangeDeclared = true },
            ],
            new Column("y"));
        var error = Assert.Throws<DataFileException>(() => ShardReader.Read(table, schema));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Line);
        Assert.Equal(column, error.Column);
    }

    [Theory]
    [InlineData("w,y\n1,1\n-1,1\n", 3, "the weight -1 is negative")]
    [InlineData("w,y\n1,1\n1.5,1\n", 3, "the weight 1.5 is above 1")]
    [InlineData("w,y\n1,1\n,1\n", 3, "the weight is missing")]
    [InlineData("w,y\n1,1\nmuch,1\n", 3, "'much' is no finite number")]
    public void Read_BadWeight_NamesTheLine(string content, int line, string problem)
    {
        var table = DataFile.Read(_folder.Write("t.csv", content));
        var error = Assert.Throws<DataFileException>(() => ShardReader.Read(table, new Schema([new Column("y")], null), "w"));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Line);
        Assert.Equal("w", error.Column);
    }
}
