using Coterie.Core.Parties;
using Coterie.Federation.Reports;

namespace Coterie.Tests.Reports;

public sealed class TextTests
{
    [Theory]
    [InlineData("<a href=\"x\">'&'</a>", "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;")]
    [InlineData("caf\u00e9 \ud83d\ude00", "caf\u00e9 \ud83d\ude00")]
    [InlineData("tab\tline\n", "tab\tline\n")]
    public void Encode_AnyText_IsHarmless(string text, string expected) => Assert.Equal(expected, HtmlText.Encode(text));

    [Fact]
    public void Encode_CharactersThatXmlForbidsOrThatDisguise_AreReplaced() =>     // no theory: attributes cannot hold lone surrogates
        Assert.Equal("a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh", HtmlText.Encode("a\0b\u0007c\u202ed\ud800e\udc00f\uffffg\u0085h"));

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "long\u2026")]
    [InlineData("abc\ud83d\ude00def", 5, "abc\u2026")]
    public void Shorten_LongText_CutsBetweenCharacters(string text, int length, string expected) => Assert.Equal(expected, HtmlText.Shorten(text, length));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.48173, "0.4817")]
    [InlineData(53.8531, "53.85")]
    [InlineData(-2900.25, "\u22122,900")]
    [InlineData(1.5e9, "1.50 \u00d7 10\u2079")]
    [InlineData(9.999e-5, "1.00 \u00d7 10\u207b\u2074")]
    [InlineData(double.NaN, "\u2013")]
    [InlineData(double.PositiveInfinity, "\u221e")]
    public void Number_AnyValue_ReadsWell(double value, string expected) => Assert.Equal(expected, NumberText.Number(value));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(999.6, "1.00 kB")]
    [InlineData(158_000, "158 kB")]
    [InlineData(999_600, "1.00 MB")]
    [InlineData(33_040_000, "33.0 MB")]
    public void Bytes_AnyCount_TakesTheUnitThatSuits(double bytes, string expected) => Assert.Equal(expected, NumberText.Bytes(bytes));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.0000123, "12.3 \u00b5s")]
    [InlineData(0.412, "412 ms")]
    [InlineData(48.31, "48.3 s")]
    [InlineData(600, "10 min")]
    [InlineData(9000, "2.5 h")]
    public void Seconds_AnyDuration_TakesTheUnitThatSuits(double seconds, string expected) => Assert.Equal(expected, NumberText.Seconds(seconds));

    [Theory]
    [InlineData(0.5, 0.5 + 1e-12, true, "same")]
    [InlineData(0.5, 0.4, true, "0.1 better")]
    [InlineData(0.5, 0.4, false, "0.1 worse")]
    [InlineData(0.0871, 0.0869, false, "0.0002 worse")]
    public void Gap_TwoValues_SaysWhichIsBetter(double model, double other, bool higher, string expected) =>
        Assert.Equal(expected, MetricText.Gap(new MetricRow("m", higher, model), other));

    [Fact]
    public void Of_ScoresWithTies_AreaCountsOrderedPairs()
    {
        bool[] labels = [true, false, true, false, true, false, false];
        double[] scores = [0.9, 0.9, 0.7, 0.6, 0.4, 0.4, 0.1];
        var pairs = labels.Zip(scores).Where(p => p.First).SelectMany(p => labels.Zip(scores).Where(n => !n.First).Select(n => p.Second > n.Second ? 1.0 : p.Second == n.Second ? 0.5 : 0)).Average();
        var curve = RocCurve.Of(new BinaryResult([.. labels, true], [.. scores, double.NaN]))!;
        Assert.Equal(pairs, curve.Area, 1e-12);
        Assert.Equal((0.0, 0.0), curve.Points[0]);
        Assert.Equal(1, curve.Points[^1].X, 1e-12);
        Assert.Equal(1, curve.Points[^1].Y, 1e-12);
        Assert.Null(RocCurve.Of(new BinaryResult([true, true], [0.1, 0.2])));
        var confusion = RocCurve.Confusion(new BinaryResult([.. labels], [.. scores]) { Threshold = 0.6 });
        Assert.Equal([2, 2], confusion.Counts[0].ToArray());
        Assert.Equal([1, 2], confusion.Counts[1].ToArray());
    }

    [Fact]
    public void Rows_OpeningsOfManyRounds_AreGatheredByPartyAndKind()
    {
        var (coordinator, other) = (new PartyId("coordinator"), new PartyId("a"));
        Opening[] openings =
        [
            new("sum of contributions", coordinator, new StepTag("x/0"), 11, 5), new("final model", other, new StepTag("x"), 11, 0),
            new("sum of contributions", coordinator, new StepTag("x/1"), 11, 4), new("sum of contributions", other, new StepTag("x/1"), 11, 5),
        ];
        var rows = LeakageText.Rows(openings, o => o.Contributors == 0 ? "entitled" : "");
        Assert.Equal(
            [new LearnedRow("coordinator", "sum of contributions", 22, 4, 2), new LearnedRow("a", "final model", 11, 0, 1, "entitled"), new LearnedRow("a", "sum of contributions", 11, 5)], rows.ToArray());
    }

    [Theory]
    [InlineData("sum of contributions", 22, 4, 2, "c learned the sum of contributions, 2 times (22 numbers in all, each added over 4 participants).")]
    [InlineData("final model", 11, 0, 1, "c learned the final model (11 numbers).")]
    [InlineData("how many rows there are", 1, 5, 1, "c learned how many rows there are (1 number, added over 5 participants).")]
    [InlineData("contribution", 1200, 1, 1, "c learned the contribution (1,200 numbers, of one participant alone).")]
    public void Sentence_OfARow_IsPlain(string what, long numbers, int contributors, int times, string expected) =>
        Assert.Equal(expected, LeakageText.Sentence(new LearnedRow("c", what, numbers, contributors, times)));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "own contribution")]
    [InlineData(2, "subtract")]
    [InlineData(5, "other 4")]
    public void Protection_ByContributors_SaysWhatTheSumHides(int contributors, string part)
    {
        var text = LeakageText.Protection(contributors);
        Assert.Contains(part, text);
        Assert.Equal(contributors == 0, text.Length == 0);
    }
}
