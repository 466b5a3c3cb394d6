using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Federation.Training;

/// <summary>
/// The canonical bytes of a declared schema: equal schemas have equal bytes, so that parties can sign them. Totals, class counts and root mean
/// squares are agreed during a run and are not part of it.
/// </summary>
internal static class SchemaCodec
{
    /// <summary>Longest encoding accepted: 10 MiB hold a hundred thousand columns with long names.</summary>
    public const int MaximumBytes = 10 << 20;

    private const int MaximumFeatures = 100_000;
    private const int MaximumValues = 10_000;
    private const int MaximumTextBytes = 1 << 10;

    /// <summary>Fewest bytes a column takes: two lengths, type, range and flag.</summary>
    private const int SmallestColumnBytes = 4 + 4 + 8 + 8 + 1 + 4;

    /// <summary>Writes the declared part of a schema.</summary>
    public static void Write(WireWriter writer, Schema schema)
    {
        writer.WriteInt32(schema.FeatureCount);
        foreach (var column in schema.Features) Write(writer, column);
        writer.WriteByte(schema.Target is null ? (byte)0 : (byte)1);
        if (schema.Target is { } target) Write(writer, target);
        writer.WriteDouble(schema.WeightBound);
    }

    /// <summary>The bytes of the declared part of a schema.</summary>
    public static byte[] ToBytes(Schema schema)
    {
        var writer = new WireWriter();
        Write(writer, schema);
        return writer.ToArray();
    }

    /// <summary>Reads what a peer sent.</summary>
    /// <exception cref="ProtocolException">The bytes are no schema, or not written as <see cref="Write(WireWriter, Schema)"/> writes them.</exception>
    public static Schema Read(ReadOnlySpan<byte> bytes, PartyId sender, StepTag step)
    {
        var reader = new WireReader(bytes, sender, step);
        var count = reader.ReadInt32(1, MaximumFeatures);
        if (reader.Remaining / SmallestColumnBytes < count) throw reader.Malformed($"{count} columns announced, too few bytes follow");
        var features = ImmutableArray.CreateBuilder<Column>(count);
        for (var i = 0; i < count; i++) features.Add(ReadColumn(ref reader));
        var target = ReadFlag(ref reader) ? ReadColumn(ref reader) : null;
        var bound = reader.ReadDouble();
        if (!double.IsFinite(bound) || bound < 0) throw reader.Malformed("the largest row weight is a finite number of at least 0");
        if (features.Append(target).OfType<Column>().GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw reader.Malformed($"column '{twice.Key}' occurs twice");
        reader.End();
        return new Schema(features.MoveToImmutable(), target) { WeightBound = bound };
    }

    private static void Write(WireWriter writer, Column column)
    {
        writer.WriteText(column.Name);
        writer.WriteInt32((int)column.Type);
        writer.WriteDouble(column.Minimum);
        writer.WriteDouble(column.Maximum);
        writer.WriteByte(column.IsRangeDeclared ? (byte)1 : (byte)0);
        writer.WriteInt32(column.Values.Length);
        foreach (var value in column.Values) writer.WriteText(value);
    }

    private static Column ReadColumn(ref WireReader reader)
    {
        var name = reader.ReadText(MaximumTextBytes);
        if (name.Length == 0) throw reader.Malformed("a column without a name");
        var type = (ColumnType)reader.ReadInt32((int)ColumnType.Numeric, (int)ColumnType.Text);
        var (minimum, maximum) = (ReadBound(ref reader), ReadBound(ref reader));
        if (double.IsNaN(minimum) != double.IsNaN(maximum) || minimum > maximum) throw reader.Malformed($"column '{name}' has no proper range");
        var isDeclared = ReadFlag(ref reader);
        if (isDeclared && double.IsNaN(minimum)) throw reader.Malformed($"column '{name}' declares a range without bounds");
        var count = reader.ReadInt32(0, MaximumValues);
        if (reader.Remaining / 4 < count) throw reader.Malformed($"{count} values announced, too few bytes follow");
        var values = ImmutableArray.CreateBuilder<string>(count);
        for (var i = 0; i < count; i++) values.Add(reader.ReadText(MaximumTextBytes));
        if (values.Distinct(StringComparer.Ordinal).Count() != count) throw reader.Malformed($"column '{name}' repeats a value");
        return new Column(name, type) { Minimum = minimum, Maximum = maximum, IsRangeDeclared = isDeclared, Values = values.MoveToImmutable() };
    }

    /// <summary>A finite number, or the one NaN that stands for 'unknown'.</summary>
    private static double ReadBound(ref WireReader reader)
    {
        var value = reader.ReadDouble();
        if (double.IsInfinity(value) || (double.IsNaN(value) && BitConverter.DoubleToInt64Bits(value) != BitConverter.DoubleToInt64Bits(double.NaN)))
            throw reader.Malformed("the bound of a range is a finite number");
        return value;
    }

    private static bool ReadFlag(ref WireReader reader) => reader.ReadByte() switch
    {
        0 => false,
        1 => true,
        var other => throw reader.Malformed($"a flag is 0 or 1, {other} found"),
    };
}
