using System.Text;
using Coterie.Federation.Data;

namespace Coterie.Tests.Data;

public sealed class DataFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NumbersAndText_AreTypedByColumn()
    {
        var table = DataFile.Read(_folder.Write("t.csv", "a,b,c\n1,x,-2.5e3\n 2 , y ,.5\n"));
        Assert.Equal(["a", "b", "c"], table.Columns.Select(c => c.Name));
        Assert.Equal([1, 2], table.Find("a")!.Numbers.ToArray());
        AssertTexts(table, "b", ["x", "y"]);
        Assert.Equal([-2500, 0.5], table.Find("c")!.Numbers.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("?")]
    [InlineData("\"\"")]
    [InlineData(" ")]
    public void Read_MissingMark_IsMissingInEveryType(string mark)
    {
        var table = DataFile.Read(_folder.Write("t.csv", $"a,b\n1,x\n{mark},{mark}\n"));
        Assert.Equal([1, double.NaN], table.Find("a")!.Numbers.ToArray());
        AssertTexts(table, "b", ["x", null]);
    }

    [Fact]
    public void Read_QuotedCells_KeepSeparatorsQuotesAndLineBreaks()
    {
        var table = DataFile.Read(_folder.Write("t.csv", "text,y\r\n\"a, \"\"b\"\"\nc\",1\r\nplain,2\r\n\r\n\"last\",3"));
        AssertTexts(table, "text", ["a, \"b\"\nc", "plain", "last"]);
        Assert.Equal([2, 4, 6], Enumerable.Range(0, 3).Select(table.LineOf));
    }

    [Fact]
    public void Read_TextAfterNumbers_KeepsTheSpellingOfTheNumbers()
    {
        var table = DataFile.Read(_folder.Write("t.csv", "code,other\n007,1\n,2\nx,3\n1.0,z\n"));
        AssertTexts(table, "code", ["007", null, "x", "1.0"]);
        AssertTexts(table, "other", ["1", "2", "3", "z"]);
    }

    [Fact]
    public void Read_ColumnWantedAsText_IsText() =>
        AssertTexts(DataFile.Read(_folder.Write("t.csv", "a\n01\n2\n"), new HashSet<string> { "a" }), "a", ["01", "2"]);

    [Theory]
    [InlineData("t.csv", "a,b\n1,2\n", false, false)]
    [InlineData("t.csv", "a,b\n1,2\n", true, false)]
    [InlineData("t.csv.gz", "a,b\n1,2\n", false, true)]
    [InlineData("t.csv", "a,b\n1,2\n", true, true)]
    [InlineData("t.TSV", "a\tb\n1\t2\n", true, false)]
    [InlineData("t.tsv.gz", "a\tb\n1\t2\n", true, true)]
    public void Read_AnyPackaging_GivesTheSameTable(string name, string content, bool hasMark, bool isCompressed)
    {
        byte[] bytes = [.. hasMark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(content)];
        var table = DataFile.Read(_folder.Write(name, isCompressed ? TemporaryFolder.Gzip(bytes) : bytes));
        Assert.Equal(["a", "b"], table.Columns.Select(c => c.Name));
        Assert.Equal(1, table.Find("a")!.Numbers[0]);
        Assert.Equal(2, table.Find("b")!.Numbers[0]);
    }

    [Fact]
    public void Read_Libsvm_FillsZerosAndSkipsComments()
    {
        var table = DataFile.Read(_folder.Write("t.libsvm", "# header\n+1 1:0.5 3:2\n\n-1 2:1e-1 # x\n-1\n"));
        Assert.Equal(["f1", "f2", "f3", "label"], table.Columns.Select(c => c.Name));
        Assert.Equal([0.5, 0, 0], table.Columns[0].Numbers.ToArray());
        Assert.Equal([0, 0.1, 0], table.Columns[1].Numbers.ToArray());
        Assert.Equal([2, 0, 0], table.Columns[2].Numbers.ToArray());
        Assert.Equal([1, -1, -1], table.Columns[3].Numbers.ToArray());
        Assert.Equal([2, 4, 5], Enumerable.Range(0, 3).Select(table.LineOf));
        Assert.True(table.IsSparse);
    }

    [Theory]
    [InlineData("t.csv", "", 1, null, "is empty")]
    [InlineData("t.csv", "\n\n", 1, null, "is empty")]
    [InlineData("t.csv", "a,b\n", 1, null, "header but no rows")]
    [InlineData("t.csv", "a,b,a\n1,2,3\n", 1, "a", "as column 1 and 3")]
    [InlineData("t.csv", "a,,c\n1,2,3\n", 1, null, "column 2 has no name")]
    [InlineData("t.csv", "a,b\n1,2\n1,2,3\n", 3, null, "3 cells where the header has 2 columns")]
    [InlineData("t.csv", "a,b\n1,2\n\n\"x\ny\"\n", 4, null, "1 cells where the header has 2 columns")]
    [InlineData("t.csv", "a,b\n1,2\n1,\"2\n3,4\n", 3, null, "never closed")]
    [InlineData("t.csv", "a,b\n1,2\"3\n", 2, null, "quotation mark")]
    [InlineData("t.csv", "a;b\n1;2\n", 1, null, "separated by commas")]
    [InlineData("t.tsv", "a,b\n1,2\n", 1, null, "separated by tabs")]
    [InlineData("t.libsvm", "", 1, null, "is empty")]
    [InlineData("t.libsvm", "1\n-1\n", 1, null, "names no feature")]
    [InlineData("t.libsvm", "1 1:2\nx 1:2\n", 2, "label", "'x'; a number is expected")]
    [InlineData("t.libsvm", "1 0:2\n", 1, null, "indices count from 1")]
    [InlineData("t.libsvm", "1 1:2\n1 3:1 2:1\n", 2, "f2", "ascend")]
    [InlineData("t.libsvm", "1 3:1 3:1\n", 1, "f3", "ascend")]
    [InlineData("t.libsvm", "1 99999999:1\n", 1, null, "is not from 1 to 1000000")]
    [InlineData("t.libsvm", "1 3:inf\n", 1, "f3", "'inf'; a finite number is expected")]
    [InlineData("t.libsvm", "1 qid:3\n", 1, null, "no index:value pair")]
    public void Read_BadContent_NamesLineAndColumn(string name, string content, int line, string? column, string problem)
    {
        var path = _folder.Write(name, content);
        var error = Assert.Throws<DataFileException>(() => DataFile.Read(path));
        Assert.Equal(path, error.File);
        Assert.Equal(line, error.Line);
        Assert.Equal(column, error.Column);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{path}:{line}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AbsentFile_SuggestsTheNearestName()
    {
        _folder.Write("diabetes_raw.csv", "a\n1\n");
        _folder.Write("notes.txt", "x");
        var error = Assert.Throws<DataFileException>(() => DataFile.Read(_folder.At("diabets_raw.csv")));
        Assert.Contains("did you mean 'diabetes_raw.csv'?", error.Message, StringComparison.Ordinal);
        var other = Assert.Throws<DataFileException>(() => DataFile.Read(_folder.At("completely-else.csv")));
        Assert.Contains("known: diabetes_raw.csv.", other.Message, StringComparison.Ordinal);
        Assert.Contains("neither is the folder", Assert.Throws<DataFileException>(() => DataFile.Read(_folder.At("no/where.csv"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t.xlsx")]
    [InlineData("t")]
    [InlineData("t.gz")]
    public void Read_UnknownFormat_NamesTheKnownOnes(string name) =>
        Assert.Contains(".csv, .tsv or .libsvm", Assert.Throws<DataFileException>(() => DataFile.Read(_folder.Write(name, "a\n1\n"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_BrokenBytes_IsRefused()
    {
        Assert.Contains("not UTF-8", Assert.Throws<DataFileException>(() => DataFile.Read(_folder.Write("t.csv", [0x61, 0x0A, 0xFF, 0xFE, 0xC3, 0x0A]))).Message, StringComparison.Ordinal);
        var packed = TemporaryFolder.Gzip(Encoding.UTF8.GetBytes("a\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i * 7919 % 10007}\n"))));
        Assert.Contains("cannot be read", Assert.Throws<DataFileException>(() => DataFile.Read(_folder.Write("u.csv.gz", packed[..(packed.Length / 2)]))).Message, StringComparison.Ordinal);
    }

    private static void AssertTexts(DataTable table, string column, string?[] expected) =>
        Assert.Equal<IEnumerable<string?>>(expected, table.Find(column)!.Texts.ToArray());
}
