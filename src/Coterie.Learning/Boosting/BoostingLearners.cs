using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;

namespace Coterie.Learning.Boosting;

/// <summary>The catalogue's entry of boosted trees.</summary>
internal static class BoostingLearners
{
    private static readonly GradientBoostedTrees Defaults = new();

    public static CatalogueEntry<ILearner> Entry { get; } = new("gradient-boosted-trees", "A number, two classes or several by a sum of decision trees.",
        [
            new("objective", ParameterKind.Choice, "squared", "What is predicted: squared a number, logistic one of two classes, softmax one of several.") { Choices = ["squared", "logistic", "softmax"] },
            new("trees", ParameterKind.Integer, (long)Defaults.Trees, "Steps, of one tree each; of one a class with softmax.") { Minimum = 1, Maximum = 100_000 },
            new("learning-rate", ParameterKind.Number, Defaults.LearningRate, "What is kept of a leaf's value.") { Minimum = 0, IsMinimumExclusive = true, Maximum = 1 },
            new("depth", ParameterKind.Integer, (long)Defaults.Depth, "Divisions between root and leaf at most.") { Minimum = 1, Maximum = 16 },
            new("lambda", ParameterKind.Number, Defaults.Lambda, "Penalty on squared leaf values.") { Minimum = 0 },
            new("gamma", ParameterKind.Number, Defaults.Gamma, "Divisions that gain less are taken back.") { Minimum = 0 },
            new("min-child-weight", ParameterKind.Number, Defaults.LeastChildWeight, "Sum of second derivatives that a child has at least; of a regression its rows.") { Minimum = 0 },
            new("bins", ParameterKind.Integer, (long)Defaults.Bins, "Bins of a feature at most.") { Minimum = 2, Maximum = CutSearch.MostBins },
            new("scale-pos-weight", ParameterKind.Number, Defaults.PositiveWeight, "How much rows of the second class count (logistic).") { Minimum = 0, IsMinimumExclusive = true },
            new("monotone", ParameterKind.NumberMap, null, "Features with which predictions may not fall (1) or not rise (-1)."),
            new("interactions", ParameterKind.Names, null, "Sets of features that may stand on one path, each as names joined by +; none: all of them."),
            new("validation", ParameterKind.Integer, 0L, "Every so many-th row of a participant measures and does not train; 0: none.") { Minimum = 0, Maximum = 1_000_000 },
            new("early-stopping", ParameterKind.Integer, 0L, "Steps without a better loss on validation rows after which training ends, at the best; 0: never.") { Minimum = 0, Maximum = 100_000 },
        ],
        Build)
    {
        Details = "Trees as XGBoost grows them level by level: second-order gains, `lambda`, `gamma`, `min-child-weight`, a learned side for missing cells. Rows enter as sums: first counts that find the bins, at most four rounds of them, then per level of a tree sums of both "
            + "derivatives by node, feature and bin. These are sums of whole numbers, so that the trees equal those of all rows in one place bit by bit. `stop: { rounds: N }` counts sums, up to `depth` of them a tree.",
    };

    private static GradientBoostedTrees Build(ParameterValues values)
    {
        var (validation, early) = (values.Integer("validation"), values.Integer("early-stopping"));
        if (validation == 1) throw new ParameterException("validation", "gradient-boosted-trees: 'validation: 1' would leave no row to train on; 0 or at least 2 is accepted.");
        if (early > 0 && validation == 0) throw new ParameterException("early-stopping", "gradient-boosted-trees: 'early-stopping' needs rows to measure on; 'validation: 5' takes every fifth.");
        return new()
        {
            Objective = values.Choice("objective") switch { "squared" => BoostingObjective.Squared, "logistic" => BoostingObjective.Logistic, _ => BoostingObjective.Softmax },
            Trees = values.Integer("trees"),
            LearningRate = values.Number("learning-rate"),
            Depth = values.Integer("depth"),
            Lambda = values.Number("lambda"),
            Gamma = values.Number("gamma"),
            LeastChildWeight = values.Number("min-child-weight"),
            Bins = values.Integer("bins"),
            PositiveWeight = values.Number("scale-pos-weight"),
            Monotone = Directions(values),
            Interactions = [.. values.Names("interactions").Select(s => s.Split('+', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToImmutableArray())],
            Validation = validation,
            EarlyStopping = early,
        };
    }

    private static ImmutableSortedDictionary<string, int> Directions(ParameterValues values)
    {
        var given = values.NumberMap("monotone");
        foreach (var (name, direction) in given)
            if (direction is not (1 or -1)) throw new ParameterException("monotone", $"gradient-boosted-trees: 'monotone' of '{name}' is {direction:R}; 1 or -1 is accepted.");
        return given.ToImmutableSortedDictionary(p => p.Key, p => (int)p.Value, StringComparer.Ordinal);
    }
}
