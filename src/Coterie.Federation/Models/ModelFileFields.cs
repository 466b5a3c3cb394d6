using System.Collections.Immutable;
using System.Text.Json;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Federation.Models;

/// <summary>JSON elements with checks that name file and field.</summary>
internal sealed class ModelFileFields(string path)
{
    public ModelFileException Error(string field, string message, Exception? inner = null) => new(path, field, message, inner);

    public JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : throw Error(name, "missing");

    public string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Error(name, "text expected");

    public IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : throw Error(name, "a list expected");

    public int Count(JsonElement element, string name, int maximum) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var count) && count >= 0 && count <= maximum
            ? count
            : throw Error(name, $"a whole number from 0 to {maximum} expected");

    public double Number(JsonElement element, string field) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.Null => double.NaN,
        _ => throw Error(field, "a number expected"),
    };

    public T Checked<T>(string field, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException refused)
        {
            throw Error(field, refused.Message, refused);
        }
    }

    public T Build<T>(JsonElement parent, string field, ImmutableArray<CatalogueEntry<T>> catalogue)
    {
        var element = field == "learner" ? Member(parent, field) : parent;
        var name = Text(element, "name");
        var entry = catalogue.FirstOrDefault(e => e.Name == name) ?? throw Error(field, $"'{name}' is not known; known are: {string.Join(", ", catalogue.Select(e => e.Name))}");
        var parameters = Member(element, "parameters");
        if (parameters.ValueKind != JsonValueKind.Object) throw Error(field + ".parameters", "an object expected");
        return Checked(field, () => entry.Build(parameters.EnumerateObject().ToDictionary(p => p.Name, p => Parameter(p.Value, p.Name), StringComparer.Ordinal)));
    }

    public Blocks<Matrix> Blocks(JsonElement element, string field)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var values = ImmutableArray.CreateBuilder<Matrix>();
        foreach (var block in Items(element, "state"))
        {
            names.Add(Text(block, "name"));
            int rows = Count(block, "rows", int.MaxValue), columns = Count(block, "columns", int.MaxValue);
            double[] entries = [.. Items(block, "values").Select(v => Number(v, field))];
            if ((long)rows * columns != entries.Length) throw Error(field, $"{rows} x {columns} values expected, {entries.Length} found");
            values.Add(new Matrix(rows, columns, entries));
        }
        return new Blocks<Matrix>(names.ToImmutable(), values.ToImmutable());
    }

    public Matrix Matrix(JsonElement element, string field)
    {
        if (element.ValueKind != JsonValueKind.Array) return Core.Numerics.Matrix.Scalar(Number(element, field));
        var items = element.EnumerateArray().ToArray();
        if (items.Length == 0 || items[0].ValueKind != JsonValueKind.Array)
            return new Matrix(items.Length, 1, [.. items.Select(i => Number(i, field))]);
        var columns = items[0].GetArrayLength();
        if (items.Any(i => i.ValueKind != JsonValueKind.Array || i.GetArrayLength() != columns)) throw Error(field, "rows of equal length expected");
        return new Matrix(items.Length, columns, [.. items.SelectMany(i => i.EnumerateArray()).Select(v => Number(v, field))]);
    }

    public Schema Schema(JsonElement element) => new(
        [.. Items(element, "features").Select(Column)], element.TryGetProperty("target", out var target) ? Column(target) : null);

    private Column Column(JsonElement element)
    {
        var name = Text(element, "name");
        var column = new Column(name, ColumnTypes.Find(Text(element, "type")) ?? throw Error(name, "one of num, bin, cat, text expected as type"));
        if (element.TryGetProperty("values", out _)) column = column with { Values = [.. Items(element, "values").Select(v => v.GetString() ?? "")] };
        if (!element.TryGetProperty("range", out _)) return column;
        double[] range = [.. Items(element, "range").Select(v => Number(v, name))];
        return range.Length == 2 ? column with { Minimum = range[0], Maximum = range[1], IsRangeDeclared = true } : throw Error(name, "a range of two numbers expected");
    }

    private object? Parameter(JsonElement element, string field) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.Array when element.GetArrayLength() > 0 && element.EnumerateArray().All(i => i.ValueKind == JsonValueKind.Number) =>
            element.EnumerateArray().Select(i => i.TryGetInt64(out var whole) ? whole : throw Error(field, "whole numbers expected")).ToImmutableArray(),
        JsonValueKind.Array => element.EnumerateArray().Select(i => i.ValueKind == JsonValueKind.String ? i.GetString()! : throw Error(field, "a list of words or of whole numbers expected")).ToImmutableArray(),
        _ => element.EnumerateObject().ToImmutableSortedDictionary(p => p.Name, p => Number(p.Value, field), StringComparer.Ordinal),
    };
}
