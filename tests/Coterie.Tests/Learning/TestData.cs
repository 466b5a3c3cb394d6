using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Testing;

namespace Coterie.Tests.Learning;

/// <summary>Training and test rows with the schema their owners would have agreed on.</summary>
internal sealed record TestData(Schema Schema, Shard Train, Shard Test)
{
    public Shard[] Deal(int participants) => Table.Deal(Train, participants);

    /// <summary>Row i with i mod 5 == 0 tests; features standardised by the training mean and population deviation.</summary>
    public static TestData Standardized(string file, int classes = 0, params string[] dropped)
    {
        var table = Table.Read(References.DataFile(file)).Without(dropped);
        if (classes == 0) return Split(table, 0);
        var labels = table.Rows.Select(r => r[^1]).Distinct().Order().ToArray();
        var indexed = table with { Rows = [.. table.Rows.Select(r => (double[])[.. r[..^1], Array.IndexOf(labels, r[^1])])] };
        Assert.Equal(classes, labels.Length);
        return Split(indexed, classes);
    }

    private static TestData Split(Table table, int classes)
    {
        var train = table.Where(i => i % 5 != 0).ToShard();
        var test = table.Where(i => i % 5 == 0).ToShard();
        var (mean, deviation) = Moments(train.Features);
        train = train with { Features = Standardize(train.Features, mean, deviation) };
        test = test with { Features = Standardize(test.Features, mean, deviation) };
        return new TestData(SchemaOf(train, classes), train, test);
    }

    public static (double[] Mean, double[] Deviation) Moments(Matrix x)
    {
        double[] mean = new double[x.Columns], deviation = new double[x.Columns];
        for (var j = 0; j < x.Columns; j++)
        {
            for (var i = 0; i < x.Rows; i++) mean[j] += x[i, j] / x.Rows;
            for (var i = 0; i < x.Rows; i++) deviation[j] += (x[i, j] - mean[j]) * (x[i, j] - mean[j]) / x.Rows;
            deviation[j] = deviation[j] < 1e-24 ? 1 : Math.Sqrt(deviation[j]);
        }
        return (mean, deviation);
    }

    public static Matrix Standardize(Matrix x, double[] mean, double[] deviation) => Matrix.Create(x.Rows, x.Columns, values =>
    {
        for (var i = 0; i < x.Rows; i++)
            for (var j = 0; j < x.Columns; j++)
                values[(i * x.Columns) + j] = (x[i, j] - mean[j]) / deviation[j];
    });

    /// <summary>The schema of these rows: exact ranges and root mean squares.</summary>
    public static Schema SchemaOf(Shard rows, int classes = 0)
    {
        var features = Enumerable.Range(0, rows.Features.Columns).Select(j => Describe($"x{j}", rows.Features, j)).ToImmutableArray();
        var target = rows.Targets is { } y ? Describe("y", y, 0) : null;
        if (classes > 0)
            target = target! with { Type = ColumnType.Categorical, Values = [.. Enumerable.Range(0, classes).Select(k => k.ToString(CultureInfo.InvariantCulture))] };
        var counts = new long[classes];
        if (classes > 0) foreach (var k in rows.Targets!.Values) counts[(int)k]++;
        return new Schema(features, target) { TotalRows = rows.Rows, ClassCounts = [.. counts] };
    }

    private static Column Describe(string name, Matrix x, int column)
    {
        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity, squares = 0;
        for (var i = 0; i < x.Rows; i++)
        {
            minimum = Math.Min(minimum, x[i, column]);
            maximum = Math.Max(maximum, x[i, column]);
            squares += x[i, column] * x[i, column];
        }
        return new Column(name) { Minimum = minimum, Maximum = maximum, RootMeanSquare = Math.Sqrt(squares / x.Rows) * (1 + 1e-12) };
    }

    /// <summary>Largest absolute difference over the largest expected absolute value.</summary>
    public static double RelativeError(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, size = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(expected[i] - actual[i]));
            size = Math.Max(size, Math.Abs(expected[i]));
        }
        return double.IsNaN(difference) ? double.NaN : difference / Math.Max(size, 1e-300);
    }

    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        var error = RelativeError(expected, actual);
        Assert.True(error <= tolerance, $"Relative error {error:E2}, at most {tolerance:E2} expected.");
    }
}
