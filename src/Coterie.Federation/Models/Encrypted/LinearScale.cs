using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Privacy.Inference;

namespace Coterie.Federation.Models.Encrypted;

/// <summary>The public scales of a linear model, and its weights as one matrix.</summary>
/// <param name="Columns">Per feature, and for the constant, the power of two that its range is below.</param>
/// <param name="Score">The power of two that the target's range is below; 0 for log odds.</param>
internal sealed record LinearScale(ImmutableArray<int> Columns, int Score)
{
    public const string NotLinear =
        "does not predict by a linear function of the features; linear-regression, ridge-regression, logistic-regression and multinomial-logistic-regression do, and can be encrypted";

    private static readonly string[] Linear = ["linear-regression", "ridge-regression", "logistic-regression", "multinomial-logistic-regression"];

    /// <summary>The scales that the schema of a learner's input gives.</summary>
    public static LinearScale Of(Schema input) => new(
        [.. input.Features.Select(c => InferenceNumbers.ExponentOf(c.Bound)), 0],
        input.ClassCount == 0 && input.Target is { } target ? InferenceNumbers.ExponentOf(target.Bound) : 0);

    /// <summary>The learner of that name with its defaults, by which nothing is predicted otherwise; null for one that is not linear.</summary>
    public static ILearner? Learner(string name) =>
        Linear.Contains(name) ? LearnerCatalogue.Find(name)!.Build(new Dictionary<string, object?>(StringComparer.Ordinal)) : null;

    /// <summary>Scores of a row.</summary>
    public static int OutputsOf(ILearner learner, Schema input) => learner.Task == LearningTask.MulticlassClassification ? input.ClassCount : 1;

    /// <summary>K x (d + 1): per output the coefficients, then the intercept.</summary>
    public static Matrix WeightsOf(TrainedModel model)
    {
        var (coefficients, intercept) = (model.Parameters["coefficients"], model.Parameters["intercept"]);
        return (model.Learner.Task == LearningTask.MulticlassClassification ? coefficients : coefficients.Transpose()).Beside(intercept);
    }
}
