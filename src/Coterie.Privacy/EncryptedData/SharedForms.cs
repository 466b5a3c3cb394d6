using System.Collections.Immutable;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.SecretSharing;
using Coterie.Privacy.Traffic;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>
/// What participants share for a learner, found by running it on shapes: the same at every party. Where a contribution depends on rows alone, the contribution, so that only sums are
/// ever shared; else the learner's local state, prepared in clear.
/// </summary>
internal sealed class SharedForms<TModel> where TModel : class
{
    /// <summary>Bits after the point of a sum over rows, at most: as many as a product has.</summary>
    private const int SumFractionBits = 2 * RingArithmetic.DefaultFractionBits;

    /// <summary>With fewer bits after the point a sum would be of no use.</summary>
    private const int FewestFractionBits = 16;

    /// <summary>A column's root mean square at most: its square is then within the range of what systems are solved for.</summary>
    private const double LargestColumn = 64;

    private readonly IHiddenLearner<TModel> _learner;
    private readonly Schema _schema;
    private readonly Round _round;

    /// <param name="learner">The learner.</param>
    /// <param name="schema">The agreed schema.</param>
    /// <param name="round">The first round.</param>
    public SharedForms(IHiddenLearner<TModel> learner, Schema schema, Round round)
    {
        (_learner, _schema, _round) = (learner, schema, round);
        IsContribution = HiddenDegree.Of(learner, schema) == 0;
        var none = new Shard(Matrix.Zero(0, schema.FeatureCount), schema.Target is null ? null : Matrix.Zero(0, 1));
        Like = RowShapes.Of(learner.Featurize(schema, none));
    }

    /// <summary>Whether contributions themselves are shared: they are the same in every round.</summary>
    public bool IsContribution { get; }

    /// <summary>Columns of everybody's rows.</summary>
    public RowShapes Like { get; }

    private TModel First => _learner.Initialize(_schema, _round.Seed);

    /// <summary>What a participant with so many rows shares.</summary>
    public SharedForm Of(RowShapes rows) => IsContribution ? Sums(rows) : Local(rows);

    /// <summary>The numbers of a participant's own rows, all computed in clear.</summary>
    public Blocks<Matrix> Compute(Shard prepared)
    {
        var local = AtOnce.Of(_learner.PrepareAsync(PlainArithmetic.Instance, prepared.ToBlocks(), CancellationToken.None));
        return IsContribution ? AtOnce.Of(_learner.ContributeAsync(PlainArithmetic.Instance, _learner.Pack(First), local, _round, CancellationToken.None)).Contribution : local;
    }

    /// <summary>Insists that sums over all rows have room in the ring, as far as the schema and the first model tell.</summary>
    /// <exception cref="ShardException">They have not.</exception>
    public void RequireRoom()
    {
        foreach (var column in _schema.Features)
            if (!(column.MeanBound <= LargestColumn))
                throw new ShardException(FormattableString.Invariant($"Column '{column.Name}' may be as large as {column.MeanBound:G4}; in the mode {ModeCatalogue.EncryptedData} numbers are computed with 20 bits after the point, and a root mean square of at most {LargestColumn} is accepted. Add 'standardize' to the preprocessing, or declare its range."), column.Name);
        if (IsContribution)
        {
            Sums(Like with { Rows = 1 });
            return;
        }
        using var link = TwoPartyLink.Counting(new TwoPartyTally(ChainParty.Helper));
        var math = new TwoPartyArithmetic(link);
        var few = Local(Like with { Rows = 2 });
        var local = new Blocks<TwoPartyMatrix>([.. few.Blocks.Select(b => b.Name)], [.. few.Blocks.Select(b => math.Shared(Zero(b.Rows, b.Columns), b.FractionBits))]);
        for (var index = 0; index < 2; index++)
        {
            var model = _learner.Pack(First).Select(m => math.Shared(Zero(m.Rows, m.Columns), SumFractionBits));
            var round = _round with { Index = index };
            var contribution = AtOnce.Of(_learner.ContributeAsync(math, model, local, round, CancellationToken.None)).Contribution;
            foreach (var block in _learner.Layout(_schema, First, round))
                if (contribution.Find(block.Name) is { IsShared: true } value && !(block.Bound < Math.ScaleB(1, 63 - value.FractionBits))) throw NoRoom(block);
        }
    }

    /// <summary>Contributions, with as many bits as leave room for their sum.</summary>
    private SharedForm Sums(RowShapes rows)
    {
        var layout = _learner.Layout(_schema, First, _round).ToDictionary(b => b.Name);
        var shapes = ShapeRun.Of(_learner, First, ShapesOf(rows), _round).Contribution;
        return new SharedForm([.. shapes.Names.Zip(shapes.Values, (name, shape) => Sum(layout[name], shape))]);
    }

    private SharedBlock Sum(BlockSpec block, Shape shape)
    {
        var format = FixedPoint.For(block.Bound, Math.Max(1, _round.Participants));
        var bits = Math.Min(format.FractionBits, SumFractionBits);
        var rows = Math.Max(1, _round.TotalRows);
        // What is computed with are means.
        if (bits < FewestFractionBits || !(block.Bound / rows < Math.ScaleB(1, TwoPartyFormat.KnownIntegerBits - 1))) throw NoRoom(block);
        return new SharedBlock(block.Name, shape.Rows, shape.Columns, bits, block.Bound, IsPerRow: false);
    }

    /// <summary>The local state: a block that grows with the rows has one row for each.</summary>
    private SharedForm Local(RowShapes rows)
    {
        var (at, longer) = (Prepare(rows), Prepare(rows with { Rows = rows.Rows + 1 }));
        // Where one row more changes what is kept, one row less does not.
        var other = longer.Names.SequenceEqual(at.Names) ? longer : Prepare(rows with { Rows = rows.Rows - 1 });
        var blocks = ImmutableArray.CreateBuilder<SharedBlock>(at.Count);
        for (var i = 0; i < at.Count; i++)
        {
            var (name, shape) = (at.Names[i], at.Values[i]);
            var isPerRow = shape.Rows != other[name].Rows;
            if (isPerRow && shape.Rows != rows.Rows) throw new InvalidOperationException($"{_learner.Name} keeps '{name}', which is neither a sum over rows nor has a row for each.");
            blocks.Add(new SharedBlock(name, shape.Rows, shape.Columns, RingArithmetic.DefaultFractionBits, Math.ScaleB(1, TwoPartyFormat.KnownIntegerBits - 1) - 1, isPerRow));
        }
        return new SharedForm(blocks.MoveToImmutable());
    }

    private Blocks<Shape> Prepare(RowShapes rows) => AtOnce.Of(_learner.PrepareAsync(new ShapeArithmetic(), ShapesOf(rows), CancellationToken.None));

    private static Blocks<Shape> ShapesOf(RowShapes rows)
    {
        var blocks = Blocks<Shape>.Of(("features", new Shape(rows.Rows, rows.Features, 0)));
        if (rows.Targets > 0) blocks = blocks.With("targets", new Shape(rows.Rows, rows.Targets, 0));
        return rows.HasWeights ? blocks.With("weights", new Shape(rows.Rows, 1, 0)) : blocks;
    }

    private static RingMatrix Zero(int rows, int columns) => new(rows, columns, new ulong[rows * columns]);

    private static ShardException NoRoom(BlockSpec block) => new(FormattableString.Invariant(
        $"Sums over all rows ('{block.Name}') may be as large as {block.Bound:G4}, for which shares modulo 2^64 have no room in the mode {ModeCatalogue.EncryptedData}. Standardised features would help (preprocessing: [ standardize ]), a narrower declared range, or fewer rows."));
}
