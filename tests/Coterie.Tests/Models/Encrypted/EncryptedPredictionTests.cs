using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Models;
using Coterie.Federation.Models.Encrypted;
using Coterie.Federation.Runs;
using Coterie.Tests.Cryptography.Paillier;

namespace Coterie.Tests.Models.Encrypted;

/// <summary>Law: encrypted predictions are those of the model in clear, to a millionth.</summary>
public sealed class EncryptedPredictionTests
{
    [Theory]
    [InlineData("diabetes_raw.csv", "linear-regression", "[]")]
    [InlineData("diabetes_raw.csv", "linear-regression", "[ standardize ]")]
    [InlineData("diabetes_raw.csv", "{ name: ridge-regression, alpha: 10 }", "[ min-max ]")]
    [InlineData("diabetes_raw.csv", "{ name: ridge-regression, solver: gradient-descent }", "[ standardize ]")]
    [InlineData("breast_cancer_wdbc.csv", "logistic-regression", "[ standardize ]")]
    [InlineData("breast_cancer_wdbc.csv", "{ name: logistic-regression, solver: gradient-descent }", "[ standardize ]")]
    [InlineData("iris.csv", "multinomial-logistic-regression", "[]")]
    [InlineData("wine_cultivars.csv", "multinomial-logistic-regression", "[ standardize ]")]
    public async Task Read_OfEveryLinearLearner_EqualsThePlainPrediction(string sample, string learner, string preprocessing)
    {
        using var bench = new EncryptedBench();
        await bench.TrainAsync(EncryptedBench.Sample(sample), learner, preprocessing);
        bench.Publish(1_000);
        AssertSame(bench, EncryptedBench.Sample(sample));
    }

    [Fact]
    public async Task Read_WithMissingCellsAndCategories_EqualsThePlainPrediction()
    {
        using var bench = new EncryptedBench();
        bench.Write("mixed.csv", "size,colour,note,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{(i % 9 == 4 ? "" : (i * 37 % 100 / 8.0).ToString(CultureInfo.InvariantCulture))},{(i % 3) switch { 0 => "red", 1 => "blue", _ => "dark green" }},n,{1_000 + (i % 3 * 200) + (i * 37 % 100)}\n"))));
        await bench.TrainAsync("mixed.csv", "ridge-regression", "[ impute, one-hot, standardize ]", "  columns: { exclude: [ note ] }\n");
        bench.Publish();
        AssertSame(bench, bench.At("mixed.csv"));
    }

    [Fact]
    public async Task Read_UnderAKeyOf2048Bits_EqualsThePlainPredictionThroughTheSafeDoors()
    {
        using var bench = new EncryptedBench();
        await bench.TrainAsync(EncryptedBench.Sample("iris.csv"), "multinomial-logistic-regression");
        bench.Publish(1_000, TestKeys.Full);
        var model = EncryptedModel.Read(bench.Encrypted);
        bench.Ask(EncryptedBench.Sample("iris.csv"), model);
        Assert.Equal((150, 150, 1_000), ModelOwner.Answer(bench.Question, bench.Owner, bench.Answer));
        AssertSame(bench, EncryptedBench.Sample("iris.csv"), RowsOwner.Read(model, bench.Answer, bench.Masks), model);
    }

    [Fact]
    public async Task Files_OfBothOwners_HoldNeitherRowsNorWeightsInClear()
    {
        using var bench = await new EncryptedBench().WithLineAsync();
        var text = await File.ReadAllTextAsync(bench.Encrypted);
        Assert.DoesNotContain("coefficients", text, StringComparison.Ordinal);
        Assert.DoesNotContain("intercept", text, StringComparison.Ordinal);
        Assert.DoesNotContain("card", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ALearnerThatIsNotLinear_IsRefusedWithTheReason()
    {
        using var bench = new EncryptedBench();
        await bench.TrainAsync(EncryptedBench.Sample("iris.csv"), "{ name: k-means, k: 3 }", more: "  columns: { exclude: [ species ] }\n");
        Refused(() => bench.Publish(), "'k-means' does not predict by a linear function", "ridge-regression");
        Assert.False(File.Exists(bench.Owner));
    }

    [Fact]
    public async Task Publish_WeightsOutOfRange_AreRefused()
    {
        using var bench = await new EncryptedBench().WithLineAsync();
        var text = await File.ReadAllTextAsync(bench.Model);
        await File.WriteAllTextAsync(bench.Model, System.Text.RegularExpressions.Regex.Replace(text, "\"intercept\": [^,]*,", "\"intercept\": 1e6,", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        File.Delete(bench.Owner);
        File.Delete(bench.Encrypted);
        Refused(() => bench.Publish(), "add up to 4096 or more", "the intercept");
    }

    [Fact]
    public async Task Ask_ARowFarOutsideOfItsRange_IsRefusedWithRowAndColumn()
    {
        using var bench = await new EncryptedBench().WithLineAsync();
        bench.Write("far.csv", "a,b\n1,1\n1,1e9\n");
        var refused = Assert.Throws<ShardException>(() => bench.Ask(bench.At("far.csv")));
        Assert.Equal(("b", 1), (refused.Column, refused.Row));
        Assert.Contains("256 times the range", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(bench.Question) || File.Exists(bench.Masks));
    }

    private static void Refused(Action action, params string[] words)
    {
        var message = Assert.Throws<ModelFileException>(action).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }

    private static void AssertSame(EncryptedBench bench, string data)
    {
        bench.Ask(data);
        bench.Reply();
        AssertSame(bench, data, bench.Read(), bench.Open());
    }

    /// <summary>A millionth of the prediction or, where it is near zero, of the unit of scores; the printed form has the same classes and as many cells.</summary>
    private static void AssertSame(EncryptedBench bench, string data, Matrix found, EncryptedModel model)
    {
        var expected = bench.Plain(data);
        Assert.Equal((expected.Rows, expected.Columns), (found.Rows, found.Columns));
        for (var i = 0; i < expected.Values.Length; i++)
            Assert.InRange(found.Values[i] - expected.Values[i], -1e-6 * Math.Max(1, Math.Abs(expected.Values[i])), 1e-6 * Math.Max(1, Math.Abs(expected.Values[i])));
        string[] Printed(TrainedModelOf of) => of.Text.TrimEnd().Split('\n');
        var (plain, ours) = (Printed(new(ModelFileReader.Read(bench.Model), expected)), Printed(new(model.Scores, found)));
        Assert.Equal(plain[0], ours[0]);
        Assert.Equal(plain.Select(l => l.Split(',').Length), ours.Select(l => l.Split(',').Length));
        if (model.Scores.Learner.Task != LearningTask.Regression) Assert.Equal(plain.Select(l => l.Split(',')[1]), ours.Select(l => l.Split(',')[1]));
    }

    private sealed record TrainedModelOf(Coterie.Federation.Training.TrainedModel Model, Matrix Predictions)
    {
        public string Text
        {
            get
            {
                using var writer = new StringWriter { NewLine = "\n" };
                PredictionsCsv.Write(writer, Model, Predictions, null);
                return writer.ToString();
            }
        }
    }
}
