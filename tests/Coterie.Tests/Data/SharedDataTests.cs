using Coterie.Core.Learning;
using Coterie.Federation.Data;
using Coterie.Federation.Tasks;
using Coterie.Testing;

namespace Coterie.Tests.Data;

public sealed class SharedDataTests
{
    /// <summary>The shapes their provenance table gives: rows, columns with the target and, where there are any, group columns.</summary>
    [ReferenceTheory]
    [InlineData("diabetes_raw.csv", 442, 11)]
    [InlineData("diabetes_sklearn_scaled.csv", 442, 11)]
    [InlineData("iris.csv", 150, 5)]
    [InlineData("breast_cancer_wdbc.csv", 569, 31)]
    [InlineData("wine_cultivars.csv", 178, 14)]
    [InlineData("sinc1d_like.csv", 1000, 2)]
    [InlineData("synth2d_like.csv", 1050, 3)]
    [InlineData("synth2dclass_like.csv", 1200, 3)]
    [InlineData("digits8x8.csv", 1797, 65)]
    [InlineData("wine_quality_red.csv", 1599, 12)]
    [InlineData("pima_diabetes.csv", 768, 9)]
    [InlineData("telco_churn_raw.csv", 7043, 20)]
    [InlineData("telco_churn_coded.csv", 7043, 20)]
    [InlineData("ai4i2020.csv", 10000, 7)]
    [InlineData("adult_raw.csv.gz", 48842, 15)]
    [InlineData("adult_coded.csv", 48842, 15)]
    [InlineData("a9a_train.libsvm", 32561, 124)]
    [InlineData("a9a_test.libsvm", 16281, 123)] // no row mentions the last feature
    [InlineData("california_housing.csv", 20433, 9)]
    [InlineData("heart_disease_4hospitals.csv", 920, 15)]
    [InlineData("parkinsons_telemonitoring.csv", 5875, 21)]
    [InlineData("sms_spam.csv", 5574, 2)]
    [InlineData("mnist_cazala10k.csv.gz", 10000, 785)]
    [InlineData("mnist14x14_500.csv", 500, 197)]
    [InlineData("deltaml_diabetes_owners.csv", 442, 12)]
    public void Read_SharedFile_HasItsShape(string name, int rows, int columns)
    {
        var table = DataFile.Read(References.DataFile(name));
        Assert.Equal((rows, columns), (table.Rows, table.Columns.Length));
    }

    [ReferenceTheory]
    [InlineData("diabetes_raw.csv")]
    [InlineData("heart_disease_4hospitals.csv")]
    [InlineData("parkinsons_telemonitoring.csv")]
    [InlineData("musketeer_pima.csv")]
    public void Read_NumericFile_HasTheValuesOfAnIndependentReader(string name)
    {
        var expected = Table.Read(References.DataFile(name));
        var table = DataFile.Read(References.DataFile(name));
        Assert.Equal(expected.Names, table.Columns.Select(c => c.Name));
        for (var j = 0; j < expected.Names.Length; j++) Assert.Equal(expected.Rows.Select(r => r[j]), table.Columns[j].Numbers.ToArray());
    }

    [ReferenceFact]
    public void Load_A9a_MatchesItsCounts()
    {
        var data = Load($"file: {References.DataFile("a9a_train.libsvm")}\n  participants: {{ count: 3 }}\n  test: {{ file: {References.DataFile("a9a_test.libsvm")} }}", LearningTask.BinaryClassification);
        Assert.Equal(123, data.Schema.FeatureCount);
        Assert.Equal(["-1", "1"], data.Schema.Target!.Values.ToArray());
        Assert.Equal((32561, 16281), (data.Participants.Sum(p => p.Shard.Rows), data.Test!.Rows));
        // 7841 of 32561 and 3846 of 16281 earn more, as published with the data; every training row has 11 to 14 ones.
        Assert.Equal(7841, data.Participants.Sum(p => p.Shard.Targets!.ToArray().Sum()));
        Assert.Equal(3846, data.Test.Targets!.ToArray().Sum());
        Assert.Equal(451592, data.Participants.Sum(p => p.Shard.Features.ToArray().Sum()));
    }

    [ReferenceFact]
    public void Load_AdultRaw_FindsCategoriesAndMissingCells()
    {
        var data = Load($"file: {References.DataFile("adult_raw.csv.gz")}\n  participants: {{ count: 2 }}", LearningTask.BinaryClassification);
        var codes = References.Results("../data/adult_codes.json");
        Assert.Equal(14, data.Schema.FeatureCount);
        Assert.Equal(8, data.Schema.Features.Count(c => c.Type == ColumnType.Categorical));
        foreach (var column in data.Schema.Features.Where(c => c.Type == ColumnType.Categorical))
            Assert.Equal(codes.GetProperty(column.Name).EnumerateArray().Select(e => e.GetString()!).Where(v => v != "?"), column.Values);
        // 3620 rows of the file hold a '?'.
        Assert.Equal(3620, data.Participants.Sum(p => Enumerable.Range(0, p.Shard.Rows).Count(i => p.Shard.Features.Row(i).ContainsAnyNaN())));
    }

    [ReferenceFact]
    public void Load_TelcoRaw_HasElevenMissingCharges()
    {
        var data = Load($"file: {References.DataFile("telco_churn_raw.csv")}\n  participants: {{ count: 1 }}", LearningTask.BinaryClassification);
        var charges = data.Schema.Features.Select(c => c.Name).ToList().IndexOf("TotalCharges");
        Assert.Equal(ColumnType.Numeric, data.Schema.Features[charges].Type);
        var shard = data.Participants[0].Shard;
        Assert.Equal(11, Enumerable.Range(0, shard.Rows).Count(i => double.IsNaN(shard.Features[i, charges])));
        Assert.Equal(["DSL", "Fiber optic", "No"], data.Schema.Features.Single(c => c.Name == "InternetService").Values.ToArray());
    }

    [ReferenceFact]
    public void Read_SmsSpam_KeepsQuotedText()
    {
        var table = DataFile.Read(References.DataFile("sms_spam.csv"));
        Assert.Equal("Today is \"song dedicated day..\" Which song will u dedicate for me? Send this to all ur valuable frnds but first rply me...", table.Columns[0].Texts[66]);
        Assert.Equal(68, table.LineOf(66));
        Assert.Equal(747, table.Columns[1].Numbers.ToArray().Sum());
        var error = Assert.Throws<DataFileException>(() => SchemaInference.Infer([table], new SchemaRequest(LearningTask.BinaryClassification)));
        Assert.Equal("text", error.Column);
        Assert.Contains("columns: { exclude: [text] }", error.Message, StringComparison.Ordinal);
    }

    [ReferenceFact]
    public void Load_HeartDisease_HasItsHospitalsAndMissingCells()
    {
        var expected = References.Results("preprocessing.json").GetProperty("natural_partitions").GetProperty("heart_disease_4hospitals");
        var data = Load($"file: {References.DataFile("heart_disease_4hospitals.csv")}\n  participants: {{ column: hospital }}", LearningTask.BinaryClassification);
        Assert.Equal(["hospital-0", "hospital-1", "hospital-2", "hospital-3"], data.Participants.Select(p => p.Name.Name));
        Assert.Equal(References.Numbers(expected.GetProperty("sizes")), data.Participants.Select(p => (double)p.Shard.Rows));
        Assert.Equal(References.Numbers(expected.GetProperty("positive_rate")), data.Participants.Select(p => p.Shard.Targets!.ToArray().Average()).ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(References.Numbers(expected.GetProperty("missing_per_column")), Enumerable.Range(0, data.Schema.FeatureCount).Select(j =>
            (double)data.Participants.Sum(p => Enumerable.Range(0, p.Shard.Rows).Count(i => double.IsNaN(p.Shard.Features[i, j])))));
    }

    [ReferenceFact]
    public void Load_MusketeerPima_SplitsByPart()
    {
        var data = Load($"file: {References.DataFile("musketeer_pima.csv")}\n  participants: {{ column: part, values: [0, 1, 2, 3, 4] }}\n  test: {{ column: part, values: [-2] }}\n  validation: {{ column: part, values: [-1] }}", LearningTask.BinaryClassification);
        var parts = Table.Read(References.DataFile("musketeer_pima.csv")).Rows.Select(r => r[0]).ToArray();
        Assert.Equal(Enumerable.Range(0, 5).Select(k => parts.Count(p => p == k)), data.Participants.Select(p => p.Shard.Rows));
        Assert.Equal((parts.Count(p => p == -2), parts.Count(p => p == -1)), (data.Test!.Rows, data.Validation!.Rows));
        Assert.Equal(8, data.Schema.FeatureCount);
    }

    [ReferenceFact]
    public void Load_Diabetes_DealsLikeTheReferences()
    {
        var data = Load($"file: {References.DataFile("diabetes_raw.csv")}\n  participants: {{ count: 5 }}\n  test: {{ every: 5 }}", LearningTask.Regression);
        var table = Table.Read(References.DataFile("diabetes_raw.csv"));
        var expected = Table.Deal(table.Where(i => i % 5 != 0).ToShard(), 5);
        Assert.Equal(expected.Select(s => s.Features), data.Participants.Select(p => p.Shard.Features));
        Assert.Equal(expected.Select(s => s.Targets), data.Participants.Select(p => p.Shard.Targets));
        Assert.Equal(table.Where(i => i % 5 == 0).ToShard().Features, data.Test!.Features);
    }

    private static TaskData Load(string entries, LearningTask learning) =>
        TaskData.Load(TaskFile.Parse($"task: t\ndata:\n  {entries}\nlearner: l\nprivacy: {{ mode: federated }}\n", "t.yaml"), learning, 1);
}

internal static class RowExtensions
{
    public static bool ContainsAnyNaN(this ReadOnlySpan<double> row)
    {
        foreach (var value in row)
            if (double.IsNaN(value)) return true;
        return false;
    }
}
