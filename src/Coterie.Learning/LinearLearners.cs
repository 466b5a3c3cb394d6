using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Learning.Margins;

namespace Coterie.Learning;

/// <summary>Catalogue entries of the linear learners.</summary>
internal static class LinearLearners
{
    private const string ClosedForm = "closed-form", Newton = "newton", Bound = "bound", GradientDescent = "gradient-descent";

    public static ImmutableArray<CatalogueEntry<ILearner>> Entries { get; } =
    [
        new("linear-regression", "Ordinary least squares.", [], _ => new RidgeRegression(0)) { Details = "One round: contributions are the products of features with features and target, summed." },
        new("ridge-regression", "Least squares with an L2 penalty.",
            [
                Alpha,
                Solver(ClosedForm, GradientDescent),
                Step,
                new("penalize-intercept", ParameterKind.Flag, false, "Whether the intercept is penalised like a coefficient (closed form only)."),
            ],
            BuildRidge)
        {
            Details = "Minimises the sum over rows of weight (y - b - x w)^2, plus alpha ||w||^2. `closed-form` takes one round: contributions are the products of features with features and target, summed. "
                + "`gradient-descent` takes 100 rounds unless the task says otherwise, and can be trained where the model itself is hidden from participants.",
        },
        new("logistic-regression", "Two classes by penalised logistic regression.",
            [
                RowWeight,
                new("penalty", ParameterKind.Choice, "l2", "What keeps coefficients small.") { Choices = ["l2", "none"] },
                Solver(Newton, Bound, GradientDescent),
                Step,
                ClassWeight,
            ],
            BuildLogistic)
        {
            Details = "Minimises 0.5 ||w||^2 plus C times the sum over rows of weight log(1 + exp(-s f(x))), s = -1 or 1, f(x) = x w + b. `newton` takes up to 100 rounds, usually about 8, and stops at a step of "
                + "1e-8. `bound` takes 50 rounds: features' products are summed once, as a bound on all rounds' curvature, and then one gradient a round. `gradient-descent` takes 100 rounds.",
        },
        new("multinomial-logistic-regression", "Several classes by penalised softmax regression.",
            [RowWeight, Solver(Newton, Bound), ClassWeight],
            BuildMultinomial)
        {
            Details = "`newton` minimises 0.5 ||W||^2 minus C times the sum over rows of weight log p(class | x), p the softmax of x W + b: up to 100 rounds, usually about 8, until a step of 1e-8. `bound` trains another model, one logistic regression for each class "
                + "against the rest, in 50 rounds: features' products are summed once, as a bound on all rounds' curvature, and then gradients alone.",
        },
    ];

    private static ParameterSpec RowWeight =>
        new("C", ParameterKind.Number, 1.0, "Weight of the rows against the penalty 0.5 ||w||^2.") { Minimum = 0, IsMinimumExclusive = true };

    internal static ParameterSpec ClassWeight =>
        new("class-weight", ParameterKind.NumberMap, "none", "How much a row of each class counts.") { Choices = ["none", "balanced"] };

    private static ParameterSpec Alpha => new("alpha", ParameterKind.Number, 1.0, "Strength of the penalty alpha ||w||^2.") { Minimum = 0 };

    private static ParameterSpec Step => new("step", ParameterKind.Number, 0.1, "Step length (gradient-descent only).") { Minimum = 0, IsMinimumExclusive = true };

    private static ParameterSpec Solver(params string[] names) =>
        new("solver", ParameterKind.Choice, names[0], "How the optimum is found.") { Choices = [.. names] };

    private static ILearner BuildRidge(ParameterValues values)
    {
        if (values.Choice("solver") == ClosedForm) return new RidgeRegression(values.Number("alpha"), values.Flag("penalize-intercept"));
        if (values.Flag("penalize-intercept"))
            throw new ParameterException("penalize-intercept", "ridge-regression: 'penalize-intercept' needs the closed-form solver.");
        return new RidgeDescent(values.Number("alpha"), values.Number("step"));
    }

    private static ILearner BuildLogistic(ParameterValues values)
    {
        var (c, weights, penalty) = (values.Number("C"), Weights(values), values.Choice("penalty") == "l2" ? LogisticPenalty.L2 : LogisticPenalty.None);
        return values.Choice("solver") switch
        {
            Newton => new LogisticRegression(c, penalty) { ClassWeights = weights },
            Bound => new BoundedBinary(BoundedLoss.Logistic, penalty == LogisticPenalty.L2 ? c : double.PositiveInfinity) { ClassWeights = weights },
            _ => new LogisticDescent(c, penalty, values.Number("step")) { ClassWeights = weights },
        };
    }

    private static ILearner BuildMultinomial(ParameterValues values) => values.Choice("solver") == Newton
        ? new MultinomialLogisticRegression(values.Number("C")) { ClassWeights = Weights(values) }
        : new BoundedMulticlass(BoundedLoss.Logistic, values.Number("C")) { ClassWeights = Weights(values) };

    internal static ClassWeights Weights(ParameterValues values)
    {
        var map = values.NumberMap("class-weight");
        foreach (var (name, weight) in map)
            if (!(weight >= 0) || !double.IsFinite(weight))
                throw new ParameterException("class-weight", $"The weight of class '{name}' is {weight}; a finite number of at least 0 is accepted.");
        return values.OptionalChoice("class-weight") == "balanced" ? ClassWeights.Balanced : ClassWeights.Of(map);
    }
}
