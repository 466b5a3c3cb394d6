using System.Text.Json;
using Coterie.Learning.Evaluation;

namespace Coterie.Federation.Runs;

/// <summary>Writes <c>metrics.json</c>: the model's figures by part, the baselines with the same blocks, rounds, seconds and bytes.</summary>
public static class MetricsJson
{
    /// <summary>Writes the figures of a run.</summary>
    public static void Write(Stream stream, TaskResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteParts(json, result.Metrics);
        if (result.Centralised is { } centralised)
        {
            json.WriteStartObject("centralised");
            WriteParts(json, centralised);
            json.WriteEndObject();
        }
        if (!result.Local.IsEmpty) WriteLocal(json, result);
        json.WriteNumber("rounds", result.Outcome.Rounds);
        json.WriteNumber("seconds", result.Outcome.Elapsed.TotalSeconds);
        if (result.Compression is { } compression) WriteCompression(json, compression);
        json.WriteStartObject("bytes_sent");
        foreach (var party in result.Outcome.Roster.Parties) json.WriteNumber(party.Id.Name, result.Outcome.Traffic.SentBy(party.Id));
        json.WriteEndObject();
        json.WriteStartObject("messages_sent");
        foreach (var party in result.Outcome.Roster.Parties) json.WriteNumber(party.Id.Name, result.Outcome.Traffic.MessagesSentBy(party.Id));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes one block of figures as an object.</summary>
    public static void WriteMetrics(Utf8JsonWriter json, Metrics metrics)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(metrics);
        json.WriteStartObject();
        foreach (var (name, value) in metrics.Values) WriteNumber(json, name, value);
        if (!metrics.Confusion.IsEmpty)
        {
            json.WriteStartArray("confusion");
            foreach (var row in metrics.Confusion)
            {
                json.WriteStartArray();
                foreach (var count in row) json.WriteNumberValue(count);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>Writes what compression saves and costs as an object <c>compression</c>.</summary>
    public static void WriteCompression(Utf8JsonWriter json, CompressionFigures figures)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(figures);
        json.WriteStartObject("compression");
        WriteNumber(json, "ratio", figures.Ratio);
        WriteNumber(json, "error", figures.Error);
        json.WriteBoolean("error_feedback", figures.HasFeedback);
        json.WriteEndObject();
    }

    private static void WriteLocal(Utf8JsonWriter json, TaskResult result)
    {
        json.WriteStartObject("local");
        json.WriteStartObject("mean");
        foreach (var (name, part) in Parts)
        {
            if (part(result.Metrics) is not { } shape) continue;
            json.WriteStartObject(name);
            foreach (var (metric, _) in shape.Values) WriteNumber(json, metric, LocalFigures.Mean(result, metric, part) ?? double.NaN);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartArray("list");
        foreach (var local in result.Local)
        {
            json.WriteStartObject();
            json.WriteString("participant", local.Name.Name);
            if (local.Metrics is { } metrics) WriteParts(json, metrics);
            else json.WriteString("none", local.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static readonly (string Name, Func<PartMetrics, Metrics?> Part)[] Parts = [("train", m => m.Train), ("validation", m => m.Validation), ("test", m => m.Test)];

    private static void WriteParts(Utf8JsonWriter json, PartMetrics metrics)
    {
        foreach (var (name, part) in Parts)
        {
            if (part(metrics) is not { } figures) continue;
            json.WritePropertyName(name);
            WriteMetrics(json, figures);
        }
    }

    /// <summary>What is undefined on these rows is null.</summary>
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
