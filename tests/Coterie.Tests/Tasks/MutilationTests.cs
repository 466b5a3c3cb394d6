using System.Text;
using Coterie.Core.Learning;
using Coterie.Core.Randomness;
using Coterie.Federation.Data;
using Coterie.Federation.Tasks;
using Coterie.Tests.Data;

namespace Coterie.Tests.Tasks;

/// <summary>Whatever a file holds, reading it ends in a value or in the one exception that names the place.</summary>
public sealed class MutilationTests : IDisposable
{
    private const string Task = """
        task: t
        data:
          file: d.csv
          target: y
          participants: { count: 2, by: dirichlet, alpha: 0.3 }
          test: { every: 5 }
          columns: { exclude: [ id ] }
          schema: { age: { type: num, range: [0, 120] }, sex: { type: cat, values: [f, m] } }
        preprocessing: [ impute, { one-hot: { columns: [sex] } }, standardize ]
        learner: { name: ridge-regression, alpha: 10 }
        privacy: { mode: secure-aggregation, threshold: 4, computing: [a, b, c] }
        stop: { rounds: 100, tolerance: 1e-8 }
        """;

    private const string Letters = "{}[]:,-#&*!|>'\"%@` \n\t?0159.eaxyNA\u00e4\ud83d\ude00\0\uFEFF~=<";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parse_MutilatedTask_IsReadOrRefused()
    {
        var random = new SeededRandom(11);
        var refused = 0;
        for (var n = 0; n < 3000; n++)
        {
            try
            {
                TaskFile.Parse(Mutilate(Task, random), "t.yaml");
            }
            catch (TaskFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1500, 2999);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: ")]
    [InlineData("a,")]
    [InlineData("\"")]
    [InlineData("a:\n")]
    public void Parse_LongNonsense_IsRefused(string piece) =>
        Assert.Throws<TaskFileException>(() => TaskFile.Parse(string.Concat(Enumerable.Repeat(piece, 100_000)), "t.yaml"));

    [Theory]
    [InlineData("d.csv", "id,age,sex,y\n1,20,f,1.5\n2,30,m,2\n3,,\"f\",3\n4,?,m,4\n")]
    [InlineData("d.tsv", "id\tage\tsex\ty\n1\t20\tf\t1.5\n2\t30\tm\t2\n")]
    [InlineData("d.libsvm", "1 1:2 3:4\n-1 2:1e5\n1 3:1\n")]
    public void Read_MutilatedTable_IsReadOrRefused(string name, string content)
    {
        var random = new SeededRandom(12);
        var (read, refused) = (0, 0);
        for (var n = 0; n < 400; n++)
        {
            try
            {
                var table = DataFile.Read(_folder.Write(name, Encoding.UTF8.GetBytes(Mutilate(content, random))));
                ShardReader.Read(table, SchemaInference.Infer([table], new SchemaRequest((LearningTask)random.NextInt32(4))));
                read++;
            }
            catch (DataFileException)
            {
                refused++;
            }
        }
        Assert.True(read > 20 && refused > 20, $"{read} read, {refused} refused");
    }

    private static string Mutilate(string text, SeededRandom random)
    {
        var builder = new StringBuilder(text);
        for (var edits = 1 + random.NextInt32(3); edits > 0 && builder.Length > 0; edits--)
        {
            var at = random.NextInt32(builder.Length);
            switch (random.NextInt32(3))
            {
                case 0: builder[at] = Letters[random.NextInt32(Letters.Length)]; break;
                case 1: builder.Insert(at, Letters[random.NextInt32(Letters.Length)]); break;
                default: builder.Remove(at, Math.Min(1 + random.NextInt32(4), builder.Length - at)); break;
            }
        }
        return builder.ToString();
    }
}
