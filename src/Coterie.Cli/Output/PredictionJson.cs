using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;

namespace Coterie.Cli.Output;

/// <summary>Predictions as JSON.</summary>
internal static class PredictionJson
{
    public static void Write(Utf8JsonWriter json, TrainedModel model, Matrix predictions, string? file)
    {
        var classes = model.Input.Target?.Values ?? [];
        json.WriteStartObject();
        json.WriteString("learner", model.Learner.Name);
        json.WriteNumber("rows", predictions.Rows);
        if (file is not null) json.WriteString("file", file);
        if (!classes.IsEmpty)
        {
            json.WriteStartArray("classes");
            foreach (var name in classes) json.WriteStringValue(name);
            json.WriteEndArray();
        }
        json.WriteStartArray(model.Learner.Task switch { LearningTask.Regression => "predictions", LearningTask.Clustering => "clusters", _ => "probabilities" });
        for (var i = 0; i < predictions.Rows; i++) WriteRow(json, model.Learner.Task, predictions.Row(i));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, LearningTask task, ReadOnlySpan<double> row)
    {
        if (task is LearningTask.Regression or LearningTask.Clustering)
        {
            json.WriteNumberValue(row[0]);
            return;
        }
        json.WriteStartArray();
        if (task == LearningTask.BinaryClassification) json.WriteNumberValue(1 - row[0]);
        foreach (var value in row) json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
