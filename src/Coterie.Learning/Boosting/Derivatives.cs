using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Coterie.Core.Learning;

namespace Coterie.Learning.Boosting;

/// <summary>Losses of margins and their first two derivatives, row by row; second derivatives as XGBoost has them (Chen, Guestrin, KDD 2016, and its objectives).</summary>
internal static class Derivatives
{
    /// <summary>No second derivative of a row is less: a row that is predicted with certainty does not vanish.</summary>
    private const double LeastHessian = 1e-16;

    /// <summary>Rows of a piece of work for a thread. Each row is computed by itself: what it comes out as does not depend on where in a vector it stands.</summary>
    private const int Chunk = 1 << 14;

    /// <summary>Packed derivatives of all rows by one output's margin.</summary>
    /// <param name="objective">The loss.</param>
    /// <param name="output">Which margin.</param>
    /// <param name="margins">All margins, one array an output.</param>
    /// <param name="targets">Numbers, or 0-based classes.</param>
    /// <param name="weights">Of rows; 0: of no account.</param>
    /// <param name="scale">How they are packed.</param>
    /// <param name="packed">As many.</param>
    public static void Fill(BoostingObjective objective, int output, double[][] margins, double[] targets, double[] weights, GradientScale scale, long[] packed)
    {
        var chunks = (packed.Length + Chunk - 1) / Chunk;
        void Of(int chunk) => FillSome(objective, output, margins, targets, weights, scale, packed, chunk * Chunk, Math.Min((chunk + 1) * Chunk, packed.Length));
        if (chunks > 1) Parallel.For(0, chunks, Of);
        else if (chunks == 1) Of(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillSome(BoostingObjective objective, int output, double[][] margins, double[] targets, double[] weights, GradientScale scale, long[] packed, int begin, int end)
    {
        var (gradientStep, hessianStep, margin) = (scale.GradientStep, scale.HessianStep, margins[output]);
        for (var i = begin; i < end; i++)
        {
            var (gradient, hessian) = objective switch
            {
                BoostingObjective.Squared => (margin[i] - targets[i], 1.0),
                BoostingObjective.Logistic => Logistic(1 / (1 + Math.Exp(-margin[i])), targets[i]),
                _ => Softmax(Probability(margins, output, i), (int)targets[i] == output),
            };
            packed[i] = GradientScale.Pack(weights[i] * gradient, weights[i] * hessian, gradientStep, hessianStep);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Gradient, double Hessian) Logistic(double p, double target) => (p - target, Math.Max(p * (1 - p), LeastHessian));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Gradient, double Hessian) Softmax(double p, bool isOfClass) => (p - (isOfClass ? 1 : 0), Math.Max(2 * p * (1 - p), LeastHessian));

    /// <summary>A row's loss: its squared error, or minus the logarithm of its class's probability.</summary>
    public static double Loss(BoostingObjective objective, double[][] margins, int row, double target) => objective switch
    {
        BoostingObjective.Squared => (margins[0][row] - target) * (margins[0][row] - target),
        BoostingObjective.Logistic => SoftPlus(target > 0 ? -margins[0][row] : margins[0][row]),
        _ => -Math.Log(Math.Max(Probability(margins, (int)target, row), double.Epsilon)),
    };

    /// <summary>Probabilities (rows x outputs) of margins, in place.</summary>
    public static void Softmax(Span<double> margins)
    {
        var largest = TensorPrimitives.Max<double>(margins);
        var sum = 0.0;
        foreach (ref var margin in margins) sum += margin = Math.Exp(margin - largest);
        foreach (ref var margin in margins) margin /= sum;
    }

    private static double Probability(double[][] margins, int output, int row)
    {
        var largest = double.NegativeInfinity;
        foreach (var of in margins) largest = Math.Max(largest, of[row]);
        var sum = 0.0;
        foreach (var of in margins) sum += Math.Exp(of[row] - largest);
        return Math.Exp(margins[output][row] - largest) / sum;
    }

    private static double SoftPlus(double margin) => margin > 0 ? margin + Math.Log(1 + Math.Exp(-margin)) : Math.Log(1 + Math.Exp(margin));

    /// <summary>Targets as a participant's rows have them.</summary>
    public static double[] TargetsOf(Shard shard) => shard.Targets?.ToArray() ?? throw new ShardException("Boosted trees need a target.");
}
