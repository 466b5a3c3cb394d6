using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning;
using Coterie.Learning.Training;

namespace Coterie.Tests.Learning;

public sealed class LogisticDescentTests
{
    private static readonly Shard Rows = new(Matrix.Column(-2, -1, 0, 1, 3), Matrix.Column(0, 1, 0, 0, 1), Matrix.Column(1, 2, 1, 3, 0.5));

    [Fact]
    public void Train_OneStep_IsTheWeightedMeanResidual()
    {
        // At zero p = 1/2: w = step sum weight (t - 1/2) x / sum weight, b likewise without x.
        var model = Train(new LogisticDescent(1, LogisticPenalty.L2, 0.4), 1);
        Assert.Equal(0.4 * 0.5 * ((1 * 2) - (2 * 1) - (3 * 1) + (0.5 * 3)) / 7.5, model.Coefficients[0, 0], 1e-14);
        Assert.Equal(0.4 * 0.5 * (-1 + 2 - 1 - 3 + 0.5) / 7.5, model.Intercept, 1e-14);
    }

    [Theory]
    [InlineData(0.3, LogisticPenalty.L2)]
    [InlineData(1, LogisticPenalty.None)]
    public void Train_ManySteps_ReachesTheNewtonOptimum(double c, LogisticPenalty penalty)
    {
        var newton = LocalTraining.Train(new LogisticRegression(c, penalty), Schema, [Rows], new StopRule(50, 1e-12), 1, CancellationToken.None).Model.Function;
        var model = Train(new LogisticDescent(c, penalty, 1), 3000);
        TestData.AssertClose(newton.ToVectorForTest(), model.ToVectorForTest(), 1e-9);
    }

    private static Schema Schema => TestData.SchemaOf(Rows, 2);

    private static LinearModel Train(LogisticDescent learner, int rounds) =>
        LocalTraining.Train(learner, Schema, [Rows], new StopRule(rounds, null), 1, CancellationToken.None).Model;
}
