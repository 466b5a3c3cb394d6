using System.Text.Json;
using Coterie.Privacy;
using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>Who learns what in a mode.</summary>
internal static class ModeOutput
{
    public static void WriteKnowledge(IAnsiConsole console, ModeDescription mode)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2)).AddColumn();
        foreach (var (party, learns) in mode.Learns) grid.AddRow(Markup.Escape($"{party} learn{(party.EndsWith('s') ? "" : "s")}"), Markup.Escape(learns));
        grid.AddRow("assumed", Markup.Escape(mode.Assumes));
        console.Write(grid);
    }

    public static void WriteKnowledge(Utf8JsonWriter json, ModeDescription mode)
    {
        json.WriteStartObject("learns");
        foreach (var (party, learns) in mode.Learns) json.WriteString(party.Replace(' ', '_'), learns);
        json.WriteEndObject();
        json.WriteString("assumes", mode.Assumes);
    }
}
