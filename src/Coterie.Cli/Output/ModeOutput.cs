using System.Text.Json;
using Coterie.Privacy;
using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>Who learns what in a mode.</summary>
internal static class ModeOutput
{
    public static void WriteKnowledge(IAnsiConsole console, ModeDescription mode) => Tables.Pairs(
        console,
        [.. mode.Learns.Select(k => ($"{k.Party} learn{(k.Party.EndsWith('s') ? "" : "s")}", k.Learns)), ("assumed", mode.Assumes)]);

    public static void WriteKnowledge(Utf8JsonWriter json, ModeDescription mode)
    {
        json.WriteStartObject("learns");
        foreach (var (party, learns) in mode.Learns) json.WriteString(party.Replace(' ', '_'), learns);
        json.WriteEndObject();
        json.WriteString("assumes", mode.Assumes);
    }
}
