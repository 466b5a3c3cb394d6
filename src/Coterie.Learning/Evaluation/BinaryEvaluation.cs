using Coterie.Core.Numerics;

namespace Coterie.Learning.Evaluation;

/// <summary>Quality of predicted probabilities of the second of two classes.</summary>
public static class BinaryEvaluation
{
    /// <summary>
    /// <c>accuracy</c> and <c>balanced_accuracy</c> (mean recall of the classes that occur) predicting the second class at
    /// p >= 0.5, <c>auc</c> (Mann, Whitney; ties count 1/2), <c>average_precision</c> (sum of precision times rise of recall, equal
    /// scores together), <c>log_loss</c> (mean, natural, p kept 1e-15 off 0 and 1), <c>brier</c> and the confusion matrix.
    /// </summary>
    /// <param name="probabilities">n x 1, n at least 1.</param>
    /// <param name="targets">n x 1 of 0 and 1.</param>
    /// <exception cref="ArgumentException">Shapes differ, there are no rows, or a target is neither 0 nor 1.</exception>
    public static Metrics Evaluate(Matrix probabilities, Matrix targets)
    {
        EvaluationInput.Check(probabilities, targets, 1);
        var n = targets.Rows;
        var confusion = new ConfusionCounts(2);
        double logLoss = 0, brier = 0;
        var positive = new bool[n];
        for (var i = 0; i < n; i++)
        {
            var p = probabilities[i, 0];
            positive[i] = EvaluationInput.Class(targets, i, 2) == 1;
            confusion.Add(positive[i] ? 1 : 0, p >= 0.5 ? 1 : 0);
            logLoss -= ConfusionCounts.LogOf(positive[i] ? p : 1 - p);
            brier += (p - targets[i, 0]) * (p - targets[i, 0]);
        }
        return confusion.ToMetrics()
            .With("auc", Auc(probabilities.Values, positive))
            .With("average_precision", AveragePrecision(probabilities.Values, positive))
            .With("log_loss", logLoss / n)
            .With("brier", brier / n);
    }

    /// <summary>
    /// Probability that a positive row scores above a negative one, ties half: (sum of the positives' mid-ranks - P (P + 1) / 2) / (P N).
    /// NaN without a row of each class. O(n log n).
    /// </summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double Auc(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        var (sorted, labels) = Sort(scores, positive);
        double rankSum = 0;
        long positives = 0;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            long tied = 0;
            for (end = start; end < sorted.Length && sorted[end].Equals(sorted[start]); end++)
                if (labels[end]) tied++;
            rankSum += tied * ((start + end + 1) / 2.0);        // 1-based ranks start + 1 .. end
            positives += tied;
        }
        long negatives = sorted.Length - positives;
        return positives == 0 || negatives == 0
            ? double.NaN
            : (rankSum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }

    /// <summary>Sum over thresholds of precision times the rise of recall; equal scores share a threshold. NaN without a positive row.</summary>
    /// <exception cref="ArgumentException">Lengths differ.</exception>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        var (sorted, labels) = Sort(scores, positive);
        long total = labels.LongCount(l => l), found = 0;
        double sum = 0;
        for (int end = sorted.Length - 1, start; end >= 0; end = start)
        {
            long rise = 0;
            for (start = end; start >= 0 && sorted[start].Equals(sorted[end]); start--)
                if (labels[start]) rise++;
            found += rise;
            sum += (double)rise * found / (sorted.Length - 1 - start);
        }
        return total == 0 ? double.NaN : sum / total;
    }

    private static (double[] Scores, bool[] Positive) Sort(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        if (scores.Length != positive.Length) throw new ArgumentException($"{scores.Length} scores for {positive.Length} rows.", nameof(positive));
        var sorted = scores.ToArray();
        var labels = positive.ToArray();
        for (var i = 0; i < sorted.Length; i++) sorted[i] += 0.0;      // -0 and 0 are one score
        Array.Sort(sorted, labels);
        return (sorted, labels);
    }
}
