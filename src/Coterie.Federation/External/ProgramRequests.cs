using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.External;

namespace Coterie.Federation.External;

/// <summary>What a program is told, one line of JSON each; see docs/external-learners.md.</summary>
internal static class ProgramRequests
{
    /// <summary>Version of the protocol.</summary>
    public const int Protocol = 1;

    /// <summary>Rows of a matrix between two writes to the pipe.</summary>
    private const int RowsAtOnce = 256;

    public static void Hello(Utf8JsonWriter json, ExternalLearner learner, Schema schema, int rows)
    {
        Begin(json, "hello");
        json.WriteNumber("protocol", Protocol);
        json.WriteString("task", learner.Task switch
        {
            LearningTask.Regression => "regression",
            LearningTask.BinaryClassification => "binary",
            _ => "multiclass",
        });
        json.WriteStartArray("features");
        foreach (var column in schema.Features) Column(json, column);
        json.WriteEndArray();
        json.WritePropertyName("target");
        Column(json, schema.Target!);
        json.WriteNumber("rows", rows);
        json.WriteNumber("total_rows", schema.TotalRows);
        json.WriteStartArray("blocks");
        foreach (var (name, size) in learner.Blocks)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("size", size);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("bound", learner.Bound);
        json.WriteBoolean("loss", learner.LossBound is not null);
        json.WriteEndObject();
    }

    public static void Rows(Utf8JsonWriter json, Shard shard)
    {
        Begin(json, "rows");
        Matrix(json, "features", shard.Features);
        json.WriteStartArray("targets");
        foreach (var target in shard.Targets!.Values) json.WriteNumberValue(target);
        json.WriteEndArray();
        if (shard.Weights is { } weights)
        {
            json.WriteStartArray("weights");
            foreach (var weight in weights.Values) json.WriteNumberValue(weight);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    public static void Round(Utf8JsonWriter json, Round round, Blocks<Matrix> model)
    {
        Begin(json, "round");
        json.WriteNumber("round", round.Index);
        // 32 bits, which every language holds exactly and every generator takes.
        json.WriteNumber("seed", unchecked((uint)round.Seed));
        Model(json, model);
        json.WriteEndObject();
    }

    public static void Predict(Utf8JsonWriter json, Blocks<Matrix> model, Matrix features)
    {
        Begin(json, "predict");
        Model(json, model);
        Matrix(json, "features", features);
        json.WriteEndObject();
    }

    public static void End(Utf8JsonWriter json)
    {
        Begin(json, "end");
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
    }

    private static void Model(Utf8JsonWriter json, Blocks<Matrix> model)
    {
        json.WriteStartObject("model");
        for (var i = 0; i < model.Count; i++)
        {
            json.WriteStartArray(model.Names[i]);
            foreach (var value in model.Values[i].Values) json.WriteNumberValue(value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Matrix(Utf8JsonWriter json, string name, Matrix matrix)
    {
        json.WriteStartArray(name);
        for (var i = 0; i < matrix.Rows; i++)
        {
            json.WriteStartArray();
            foreach (var value in matrix.Row(i)) json.WriteNumberValue(value);
            json.WriteEndArray();
            if (i % RowsAtOnce == RowsAtOnce - 1) json.Flush();
        }
        json.WriteEndArray();
    }

    private static void Column(Utf8JsonWriter json, Column column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Name);
        json.WriteString("type", Models.ColumnTypes.NameOf(column.Type));
        if (!column.Values.IsEmpty)
        {
            json.WriteStartArray("values");
            foreach (var value in column.Values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        if (double.IsFinite(column.Minimum) && double.IsFinite(column.Maximum))
        {
            json.WriteStartArray("range");
            json.WriteNumberValue(column.Minimum);
            json.WriteNumberValue(column.Maximum);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
