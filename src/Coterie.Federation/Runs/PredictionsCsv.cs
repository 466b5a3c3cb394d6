using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;

namespace Coterie.Federation.Runs;

/// <summary>Writes predictions: a number, a class with its probabilities, or a cluster per row.</summary>
public static class PredictionsCsv
{
    /// <summary>Writes one row per prediction, with the truth where it is known.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="model">The model that predicted.</param>
    /// <param name="predictions">n x 1, or n x classes.</param>
    /// <param name="targets">n x 1, or null.</param>
    /// <param name="rows">0-based numbers of the rows in their file; null: 0, 1, 2, ...</param>
    public static void Write(TextWriter writer, TrainedModel model, Matrix predictions, Matrix? targets, IReadOnlyList<int>? rows = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(predictions);
        var classes = model.Input.Target?.Values ?? [];
        var columns = model.Learner.Task switch
        {
            LearningTask.Regression => "prediction",
            LearningTask.Clustering => "cluster",
            _ => "prediction," + string.Join(',', classes.Select(c => Quote($"probability_{c}"))),
        };
        writer.WriteLine("row," + (targets is null ? "" : "actual,") + columns);
        for (var i = 0; i < predictions.Rows; i++)
        {
            writer.Write((rows?[i] ?? i).ToString(CultureInfo.InvariantCulture));
            writer.Write(',');
            if (targets is not null) writer.Write((classes.IsEmpty ? Number(targets[i, 0]) : Quote(classes[(int)targets[i, 0]])) + ",");
            writer.WriteLine(Predicted(model.Learner.Task, classes, predictions.Row(i)));
        }
    }

    private static string Predicted(LearningTask task, IReadOnlyList<string> classes, ReadOnlySpan<double> row)
    {
        if (task is LearningTask.Regression or LearningTask.Clustering) return Number(row[0]);
        double[] probabilities = task == LearningTask.BinaryClassification ? [1 - row[0], row[0]] : row.ToArray();
        var chosen = task == LearningTask.BinaryClassification ? (row[0] >= 0.5 ? 1 : 0) : System.Numerics.Tensors.TensorPrimitives.IndexOfMax<double>(probabilities);
        return Quote(classes[chosen]) + "," + string.Join(',', probabilities.Select(Number));
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
