using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Nodes;
using Coterie.Learning.External;

namespace Coterie.Federation.External;

/// <summary>What a program answers, checked to the last number. What is not as it should be throws <see cref="FormatException"/> with what is.</summary>
internal static class ProgramAnswers
{
    /// <summary>A double with sign, 17 digits, point and exponent has at most 24 characters; the rest is for spaces, comma and line breaks of the writer's taste.</summary>
    private const int BytesPerNumber = 32;

    private const int BytesBeside = 64 << 10;
    private const int LongestError = 500;

    /// <summary>Longest answer with so many numbers in it.</summary>
    public static int MaximumBytes(long numbers) => (int)Math.Min(int.MaxValue - (1 << 20), (numbers * BytesPerNumber) + BytesBeside);

    /// <summary>An answer's object.</summary>
    /// <exception cref="ProgramErrorException">It says that something went wrong.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        }
        catch (JsonException broken)
        {
            throw new FormatException("what is no JSON (NaN and infinities are no numbers there)", broken);
        }
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("error", out _)) return document;
        using (document)
        {
            if (root.ValueKind != JsonValueKind.Object) throw new FormatException("no object");
            throw new ProgramErrorException(root.GetProperty("error") is { ValueKind: JsonValueKind.String } error ? Printable.Of(error.GetString()!, LongestError) : "it gave no reason");
        }
    }

    public static bool Hello(JsonElement answer) =>
        Member(answer, "protocol") is { ValueKind: JsonValueKind.Number } version && version.TryGetInt32(out var number) && number == ProgramRequests.Protocol
            ? true : throw new FormatException("another version of the protocol");

    public static bool Rows(JsonElement answer, int rows) => Whole(answer, "rows", rows);

    public static ExternalAnswer Round(JsonElement answer, Round round, ExternalLearner learner)
    {
        Whole(answer, "round", round.Index);
        var given = Member(answer, "blocks");
        if (given.ValueKind != JsonValueKind.Object) throw new FormatException("'blocks' that are no object");
        if (given.GetPropertyCount() != learner.Blocks.Count) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{given.GetPropertyCount()} blocks"));
        var values = ImmutableArray.CreateBuilder<Matrix>(learner.Blocks.Count);
        foreach (var (name, size) in learner.Blocks) values.Add(new Matrix(size, 1, Numbers(Member(given, name), size, $"block '{name}'")));
        double? loss = learner.LossBound is null ? null : Finite(Member(answer, "loss"), "'loss'");
        return new ExternalAnswer(new Blocks<Matrix>([.. learner.Blocks.Keys], values.MoveToImmutable()), loss);
    }

    public static Matrix Predictions(JsonElement answer, int rows, int classes)
    {
        var given = Member(answer, "predictions");
        if (classes <= 2) return Within(new Matrix(rows, 1, Numbers(given, rows, "'predictions'")), classes);
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() != rows) throw Wrong(given, rows, "'predictions'");
        var values = new double[checked(rows * classes)];
        var row = 0;
        foreach (var item in given.EnumerateArray()) Numbers(item, classes, "a row of 'predictions'").CopyTo(values, row++ * classes);
        return Within(new Matrix(rows, classes, values), classes);
    }

    private static Matrix Within(Matrix predictions, int classes)
    {
        if (classes == 0) return predictions;
        foreach (var value in predictions.Values)
            if (value is < 0 or > 1) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{value:R} as a probability"));
        return predictions;
    }

    private static JsonElement Member(JsonElement element, string name) => element.TryGetProperty(name, out var member) ? member : throw new FormatException($"no '{name}'");

    private static bool Whole(JsonElement answer, string name, int expected) =>
        Member(answer, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var whole) && whole == expected
            ? true : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"another '{name}' than {expected}"));

    /// <summary>Counted before anything is set aside for them.</summary>
    private static double[] Numbers(JsonElement list, int count, string what)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != count) throw Wrong(list, count, what);
        var values = new double[count];
        var i = 0;
        foreach (var item in list.EnumerateArray()) values[i++] = Finite(item, what);
        return values;
    }

    private static double Finite(JsonElement number, string what) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw new FormatException($"in {what} what is no finite number");

    private static FormatException Wrong(JsonElement list, int count, string what) => new(list.ValueKind != JsonValueKind.Array
        ? $"{what} that is no list of {count.ToString(CultureInfo.InvariantCulture)}"
        : string.Create(CultureInfo.InvariantCulture, $"{what} of {list.GetArrayLength()} instead of {count}"));
}
