using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Kernels;
using Coterie.Learning.Preprocessing;
using Coterie.Testing;

namespace Coterie.Tests.Preprocessing;

/// <summary>Stages that change which columns there are, and laws of every stage of the catalogue.</summary>
public sealed class ColumnStageTests
{
    private static readonly Schema Mixed = new(
        [new Column("x") { Minimum = 0, Maximum = 8 }, new Column("c", ColumnType.Categorical) { Values = ["u", "v", "w"] }, new Column("k") { Minimum = 0, Maximum = 8 }], new Column("y"))
    { TotalRows = 4 };

    private static readonly Schema Numbers = Mixed with { Features = [Mixed.Features[0], Mixed.Features[2]] };

    private static readonly Shard Rows = new(new Matrix(4, 3, [1, 0, 0.1, 2, 2, 0.1, 3, double.NaN, 0.1, 7, 1, 0.1]), Matrix.Column(1, 2, 3, 4));

    [Fact]
    public void OneHot_CategoricalColumn_BecomesColumnsInItsPlace()
    {
        var (schema, shards, _) = SumDriver.Apply(new OneHot([]), Mixed, [Rows]);

        Assert.Equal(["x", "c=u", "c=v", "c=w", "k"], schema.Features.Select(c => c.Name));
        Assert.Equal([1, 1, 0, 0, 0.1, 2, 0, 0, 1, 0.1, 3, 0, 0, 0, 0.1, 7, 0, 1, 0, 0.1], shards[0].Features.ToArray());
        Assert.Equal(Rows.Targets, shards[0].Targets);
        SumDriver.AssertWithinSchema(schema, shards);
    }

    [Fact]
    public void OneHot_DropFirst_LeavesOutTheFirstValue()
    {
        var (schema, shards, _) = SumDriver.Apply(new OneHot(["c"], dropFirst: true), Mixed, [Rows]);

        Assert.Equal(["x", "c=v", "c=w", "k"], schema.Features.Select(c => c.Name));
        Assert.Equal([1, 0, 0, 0.1, 2, 0, 1, 0.1, 3, 0, 0, 0.1, 7, 1, 0, 0.1], shards[0].Features.ToArray());
    }

    [Fact]
    public void OneHot_WrongColumn_Throws()
    {
        Assert.Throws<ArgumentException>(() => new OneHot(["x"]).Initialize(Mixed, 1));
        Assert.Throws<ArgumentException>(() => new OneHot(["nowhere"]).Initialize(Mixed, 1));
        Assert.Throws<ArgumentException>(() => new OneHot([]).Initialize(new Schema([new Column("c", ColumnType.Categorical)], null), 1));
        var stage = new OneHot([]);
        Assert.Throws<ShardException>(() => stage.Transform(Mixed, stage.Initialize(Mixed, 1), new Shard(new Matrix(1, 3, [0, 3, 0]))));
    }

    [Fact]
    public void RemoveConstant_ColumnConstantOverAllParticipants_IsDropped()
    {
        // Constant in each shard but not over both: kept.
        Shard[] shards = [new(new Matrix(2, 3, [1, 0, 0.1, 1, 2, 0.1])), new(new Matrix(2, 3, [2, 1, 0.1, 2, 1, 0.1]))];

        var (schema, transformed, _) = SumDriver.Apply(new RemoveConstant(), Mixed, shards, quantised: true);

        Assert.Equal(["x", "c"], schema.Features.Select(c => c.Name));
        Assert.Equal([1, 0, 1, 2], transformed[0].Features.ToArray());
        var constant = new Schema([Mixed.Features[2]], null) { TotalRows = 1 };
        Assert.Throws<ShardException>(() => SumDriver.Apply(new RemoveConstant(), constant, [new Shard(Matrix.Column(0.1))]));
    }

    public static TheoryData<string> Names => [.. PreprocessorCatalogue.All.Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Stage_OfCatalogue_KeepsItsLaws(string name)
    {
        var entry = PreprocessorCatalogue.Find(name)!;
        var stage = entry.Build(new Dictionary<string, object?>());
        Assert.Equal(name, stage.Name);
        // Kernels need every cell, and numbers.
        var laws = name == RbfFeatures.Entry.Name ? new Laws(Numbers, Rows with { Features = Rows.Features.SelectColumns([0, 2]) }) : new Laws(Mixed, Rows);
        Assert.True(stage.Accept(laws));
        if (name == "impute") Assert.True(entry.Build(new Dictionary<string, object?> { ["strategy"] = "median" }).Accept(laws));
        Assert.Throws<ParameterException>(() => entry.Build(new Dictionary<string, object?> { ["unknown"] = 1 }));
    }

    /// <summary>Learned by parts = learned pooled = learned through fixed point; parameters survive packing; cells fit the new schema.</summary>
    private sealed class Laws(Schema before, Shard rows) : IPreprocessorVisitor<bool>
    {
        public bool Visit<TModel>(IPreprocessor<TModel> preprocessor) where TModel : class
        {
            var parts = Table.Deal(rows, 3);
            var pooled = SumDriver.Apply(preprocessor, before, [rows]);
            foreach (var quantised in new[] { false, true })
            {
                var split = SumDriver.Apply(preprocessor, before, parts, quantised);
                Assert.Equal(pooled.Schema.Features.Select(c => (c.Name, c.Type)), split.Schema.Features.Select(c => (c.Name, c.Type)));
                Assert.All(Table.Deal(pooled.Shards[0], 3).Zip(split.Shards), pair => AssertClose(pair.First.Features, pair.Second.Features));
            }
            var packed = preprocessor.Pack(pooled.Model);
            Assert.Equal(BlocksCodec.ToBytes(packed), BlocksCodec.ToBytes(preprocessor.Pack(preprocessor.Unpack(before, packed))));
            Assert.Equal(pooled.Schema.FeatureCount, pooled.Shards[0].Features.Columns);
            var numbers = Enumerable.Range(0, pooled.Schema.FeatureCount).Where(j => pooled.Schema.Features[j].Type != ColumnType.Categorical).ToArray();
            SumDriver.AssertWithinSchema(
                pooled.Schema with { Features = [.. numbers.Select(j => pooled.Schema.Features[j])] }, [new Shard(pooled.Shards[0].Features.SelectColumns(numbers))]);
            return true;
        }

        private static void AssertClose(Matrix expected, Matrix actual)
        {
            for (var i = 0; i < expected.Values.Length; i++)
                if (!double.IsNaN(expected.Values[i])) Assert.Equal(expected.Values[i], actual.Values[i], 1e-7 * Math.Max(1, Math.Abs(expected.Values[i])));
                else Assert.True(double.IsNaN(actual.Values[i]));
        }
    }
}
