using System.Text.Json;
using Coterie.Core.Parties;
using Coterie.Federation.Reports;
using Coterie.Privacy;

namespace Coterie.Federation.Runs;

/// <summary>Writes <c>leakage.json</c>: what the mode says each party learns, and what was in fact opened to whom.</summary>
public static class LeakageJson
{
    /// <summary>Writes the leakage report of a run.</summary>
    public static void Write(Stream stream, TaskResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Write(stream, result.Task.Mode.Mode, result.Outcome.Openings.Values.SelectMany(o => o), RunNotes.Of(result).Select(n => n.Text));
    }

    /// <summary>Writes what some parties of a run learned.</summary>
    internal static void Write(Stream stream, string modeName, IEnumerable<Opening> openings, IEnumerable<string> notes)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("mode", modeName);
        if (ModeCatalogue.Find(modeName) is { } mode)
        {
            json.WriteString("assumes", mode.Assumes);
            json.WriteStartObject("declared");
            foreach (var knowledge in mode.Learns) json.WriteString(knowledge.Party, knowledge.Learns);
            json.WriteEndObject();
        }
        json.WriteStartArray("opened");
        foreach (var row in LeakageText.Rows(openings))
        {
            json.WriteStartObject();
            json.WriteString("party", row.Party);
            json.WriteString("what", row.What);
            json.WriteNumber("numbers", row.Numbers);
            json.WriteNumber("times", row.Times);
            json.WriteNumber("contributors", row.Contributors);
            json.WriteString("sentence", LeakageText.Sentence(row));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
