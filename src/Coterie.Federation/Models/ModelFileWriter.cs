using System.Collections.Immutable;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;

namespace Coterie.Federation.Models;

/// <summary>Writes <c>model.json</c>: the learner's parameters as top-level keys beside what is needed to use them.</summary>
public static class ModelFileWriter
{
    /// <summary>The format's name and version.</summary>
    public const string Format = "coterie-model/1";

    /// <summary>Writes a model.</summary>
    public static void Write(Stream stream, TrainedModel model, ModelDescription description)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(description);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteString("task", description.Task);
        json.WritePropertyName("learner");
        WriteNamed(json, description.Learner, null);
        for (var i = 0; i < model.Parameters.Count; i++)
        {
            json.WritePropertyName(model.Parameters.Names[i]);
            WriteValues(json, model.Parameters.Values[i]);
        }
        json.WritePropertyName("schema");
        WriteSchema(json, model.Raw);
        json.WriteStartArray("preprocessing");
        foreach (var (fitted, index) in model.Preprocessing.Select((f, i) => (f, i)))
            WriteNamed(json, index == 0 ? new NamedParameters(fitted.Preprocessor.Name, "", ImmutableSortedDictionary<string, object?>.Empty) : description.Preprocessing[index - 1], fitted.Parameters);
        json.WriteEndArray();
        json.WriteStartObject("card");
        foreach (var (name, value) in description.Card) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter json, NamedParameters named, Blocks<Matrix>? state)
    {
        json.WriteStartObject();
        json.WriteString("name", named.Name);
        json.WriteStartObject("parameters");
        foreach (var (name, value) in named.Parameters)
        {
            json.WritePropertyName(name);
            WriteParameter(json, value);
        }
        json.WriteEndObject();
        if (state is not null)
        {
            json.WriteStartArray("state");
            for (var i = 0; i < state.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("name", state.Names[i]);
                json.WriteNumber("rows", state.Values[i].Rows);
                json.WriteNumber("columns", state.Values[i].Columns);
                json.WriteStartArray("values");
                foreach (var value in state.Values[i].Values) WriteNumber(json, value);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteParameter(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case double number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case string text: json.WriteStringValue(text); break;
            case ImmutableArray<string> names:
                json.WriteStartArray();
                foreach (var name in names) json.WriteStringValue(name);
                json.WriteEndArray();
                break;
            case ImmutableArray<long> numbers:
                json.WriteStartArray();
                foreach (var number in numbers) json.WriteNumberValue(number);
                json.WriteEndArray();
                break;
            case ImmutableSortedDictionary<string, double> map:
                json.WriteStartObject();
                foreach (var (name, number) in map) json.WriteNumber(name, number);
                json.WriteEndObject();
                break;
            default: throw new ArgumentException($"A parameter of type {value.GetType().Name} has no place in a model file.", nameof(value));
        }
    }

    /// <summary>A number for 1 x 1, a list for a column, a list of rows otherwise.</summary>
    private static void WriteValues(Utf8JsonWriter json, Matrix matrix)
    {
        if (matrix is { Rows: 1, Columns: 1 })
        {
            WriteNumber(json, matrix[0, 0]);
            return;
        }
        json.WriteStartArray();
        for (var i = 0; i < matrix.Rows; i++)
        {
            if (matrix.Columns != 1) json.WriteStartArray();
            foreach (var value in matrix.Row(i)) WriteNumber(json, value);
            if (matrix.Columns != 1) json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void WriteSchema(Utf8JsonWriter json, Schema schema)
    {
        json.WriteStartObject();
        json.WriteStartArray("features");
        foreach (var column in schema.Features) WriteColumn(json, column);
        json.WriteEndArray();
        if (schema.Target is { } target)
        {
            json.WritePropertyName("target");
            WriteColumn(json, target);
        }
        json.WriteEndObject();
    }

    private static void WriteColumn(Utf8JsonWriter json, Column column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Name);
        json.WriteString("type", ColumnTypes.NameOf(column.Type));
        if (!column.Values.IsEmpty)
        {
            json.WriteStartArray("values");
            foreach (var value in column.Values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
        if (column.IsRangeDeclared)
        {
            json.WriteStartArray("range");
            WriteNumber(json, column.Minimum);
            WriteNumber(json, column.Maximum);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>Shortest text that reads back to the same double; what JSON has no number for is null.</summary>
    private static void WriteNumber(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }
}
