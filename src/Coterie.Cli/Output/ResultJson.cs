using System.Text.Json;
using Coterie.Federation.Runs;
using Coterie.Privacy;

namespace Coterie.Cli.Output;

/// <summary>A finished run as JSON: what ran, where its files are, and the content of <c>metrics.json</c>.</summary>
internal static class ResultJson
{
    public static void Write(Utf8JsonWriter json, TaskResult result, string folder)
    {
        json.WriteStartObject();
        json.WriteString("task", result.Task.File.Name);
        json.WriteString("learner", result.Task.File.Learner.Name);
        json.WriteString("mode", result.Task.Mode.Mode);
        json.WriteString("topology", result.Task.Mode.Topology.ToString().ToLowerInvariant());
        if (ModeCatalogue.KeyBitsFor(result.Task.Mode) is > 0 and var bits) json.WriteNumber("key_bits", bits);
        json.WriteNumber("seed", result.Task.Plan.Seed);
        json.WriteStartObject("rows");
        // Of rows on other machines only their total is known here.
        if (result.Task.Data.Participants.IsEmpty) json.WriteNumber("total", result.Outcome.Model.Input.TotalRows);
        foreach (var participant in result.Task.Data.Participants) json.WriteNumber(participant.Name.Name, participant.Shard.Rows);
        json.WriteEndObject();
        json.WriteString("folder", folder);
        json.WritePropertyName("results");
        using var buffer = new MemoryStream();
        MetricsJson.Write(buffer, result);
        json.WriteRawValue(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        json.WriteEndObject();
    }
}
