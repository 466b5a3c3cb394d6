using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Coterie.Cli.Running;
using Coterie.Core.Catalogues;
using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>Catalogues: all entries in brief, or one with its parameters.</summary>
internal static class CatalogueOutput
{
    public static void Write<T>(CommandContext context, string noun, ImmutableArray<CatalogueEntry<T>> all, string? name, Func<CatalogueEntry<T>, string> example)
    {
        var chosen = name is null ? all : [.. all.Where(e => e.Name == name)];
        if (chosen.IsEmpty) throw new UsageException($"there is no {noun} '{name}'; there are: {string.Join(", ", all.Select(e => e.Name))}.");
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (var entry in chosen) WriteJson(json, entry);
                json.WriteEndArray();
            });
            return;
        }
        if (name is not null) Detail(context.Out, chosen[0], example(chosen[0]));
        else List(context.Out, noun, chosen);
    }

    private static void List<T>(IAnsiConsole console, string noun, ImmutableArray<CatalogueEntry<T>> all)
    {
        Tables.Pairs(console, [.. all.Select(e => (e.Name, e.Parameters.IsEmpty ? e.Summary : $"{e.Summary}\n{string.Join(", ", e.Parameters.Select(p => $"{p.Name}: {p.DefaultText}"))}"))]);
        console.WriteLine();
        console.WriteLine($"Parameters are shown with their defaults; 'coterie {noun}s NAME' says more.");
    }

    private static void Detail<T>(IAnsiConsole console, CatalogueEntry<T> entry, string example)
    {
        console.MarkupLineInterpolated($"[bold]{entry.Name}[/]: {entry.Summary}");
        console.WriteLine();
        if (entry.Details.Length > 0)
        {
            console.WriteLine(entry.Details.Replace("`", "", StringComparison.Ordinal));
            console.WriteLine();
        }
        if (entry.Parameters.IsEmpty) console.WriteLine("It has no parameters.");
        else Tables.Pairs(console, [.. entry.Parameters.Select(p => (p.Name, $"{p.Description}\n{p.Accepts}; {(p.IsRequired ? "required" : $"default {p.DefaultText}")}"))]);
        console.WriteLine();
        console.WriteWhole($"In a task file: {example}");
    }

    private static void WriteJson<T>(Utf8JsonWriter json, CatalogueEntry<T> entry)
    {
        json.WriteStartObject();
        json.WriteString("name", entry.Name);
        json.WriteString("summary", entry.Summary);
        if (entry.Details.Length > 0) json.WriteString("details", entry.Details);
        json.WriteStartArray("parameters");
        foreach (var spec in entry.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", spec.Name);
            json.WriteString("kind", spec.Kind.ToString().ToLowerInvariant());
            if (spec.IsRequired) json.WriteBoolean("is_required", true);
            json.WritePropertyName("default");
            WriteDefault(json, spec.Default);
            json.WriteString("accepts", spec.Accepts);
            WriteRange(json, spec);
            json.WriteString("description", spec.Description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What a program needs to check a value; absent where there is no limit.</summary>
    private static void WriteRange(Utf8JsonWriter json, ParameterSpec spec)
    {
        if (double.IsFinite(spec.Minimum)) json.WriteNumber("minimum", spec.Minimum);
        if (spec.IsMinimumExclusive) json.WriteBoolean("is_minimum_exclusive", true);
        if (double.IsFinite(spec.Maximum)) json.WriteNumber("maximum", spec.Maximum);
        if (spec.Choices.IsEmpty) return;
        json.WriteStartArray("choices");
        foreach (var choice in spec.Choices) json.WriteStringValue(choice);
        json.WriteEndArray();
    }

    private static void WriteDefault(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case double number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case int number: json.WriteNumberValue(number); break;
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
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}
