using System.Text.Json;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Privacy;
using Coterie.Privacy.Traffic;

namespace Coterie.Cli.Output;

/// <summary>A plan as JSON.</summary>
internal static class PlanJson
{
    public static void Write(Utf8JsonWriter json, RunPlan plan)
    {
        json.WriteStartObject();
        json.WriteString("task", plan.Task.File.Name);
        json.WriteString("learner", plan.Task.File.Learner.Name);
        json.WriteString("mode", plan.Mode.Name);
        json.WriteString("topology", plan.Task.Mode.Topology.ToString().ToLowerInvariant());
        if (ModeCatalogue.KeyBitsFor(plan.Task.Mode) is > 0 and var bits) json.WriteNumber("key_bits", bits);
        json.WriteNumber("participants", plan.Task.Data.Participants.Length);
        json.WriteNumber("participants_per_round", plan.Task.ParticipantsPerRound);
        json.WriteNumber("training_rows", plan.Task.Data.Participants.Sum(p => p.Shard.Rows));
        ModeOutput.WriteKnowledge(json, plan.Mode);
        json.WriteStartArray("stages");
        foreach (var stage in plan.Stages) WriteStage(json, stage);
        json.WriteEndArray();
        if (plan.Profile is { } profile) WriteProfile(json, profile);
        if (plan.Compression is { } compression)
        {
            MetricsJson.WriteCompression(json, compression);
            WriteTraffic(json, "bytes_saved_by_compression", plan.Learner.SavedOver(plan.LikelyRounds));
        }
        json.WriteNumber("maximal_rounds", plan.Learner.MaximumRounds);
        if (plan.Learner.RoundsInClear is { } found)
        {
            json.WriteNumber("rounds_in_clear", found);
            WriteTraffic(json, "bytes_over_rounds_in_clear", plan.Over(found));
            WriteMessages(json, "rounds_in_clear", plan.Over(found));
        }
        WriteTraffic(json, "bytes_over_maximal_rounds", plan.Over(plan.Learner.MaximumRounds));
        WriteMessages(json, "maximal_rounds", plan.Over(plan.Learner.MaximumRounds));
        if (plan.PreparedOver(plan.Learner.MaximumRounds) is var (ahead, then))
        {
            WriteTraffic(json, "bytes_of_preparing_maximal_rounds", ahead);
            WriteTraffic(json, "bytes_over_prepared_maximal_rounds", then);
        }
        json.WriteEndObject();
    }

    private static void WriteStage(Utf8JsonWriter json, PlannedStage stage)
    {
        json.WriteStartObject();
        json.WriteString("name", stage.Name);
        json.WriteBoolean("is_learner", stage.IsLearner);
        json.WriteStartArray("rounds");
        foreach (var part in stage.Rounds)
        {
            json.WriteStartObject();
            json.WriteNumber("first", part.First);
            json.WriteNumber("count", part.Count);
            json.WriteNumber("entries", part.Entries);
            json.WriteStartArray("contribution");
            foreach (var block in part.Layout)
            {
                json.WriteStartObject();
                json.WriteString("name", block.Name);
                json.WriteNumber("rows", block.Rows);
                json.WriteNumber("columns", block.Columns);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            WriteTraffic(json, "bytes_per_round", part.PerRound);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProfile(Utf8JsonWriter json, ContributionProfile profile)
    {
        json.WriteStartObject("contribution");
        json.WriteBoolean("is_polynomial", profile.Degree is not null);
        if (profile.Degree is { } degree) json.WriteNumber("degree_in_model", degree);
        json.WriteNumber("products", profile.Products);
        json.WriteNumber("comparisons", profile.Comparisons);
        json.WriteEndObject();
    }

    private static void WriteTraffic(Utf8JsonWriter json, string name, TrafficEstimate traffic)
    {
        json.WriteStartObject(name);
        json.WriteNumber("each_participant", traffic.EachParticipant);
        json.WriteNumber("coordinator", traffic.Coordinator);
        if (traffic.Helper > 0) json.WriteNumber("helper", traffic.Helper);
        json.WriteEndObject();
    }

    /// <summary>Messages over a run, and how many of them have to wait for each other.</summary>
    private static void WriteMessages(Utf8JsonWriter json, string over, TrafficEstimate traffic)
    {
        json.WriteStartObject($"messages_over_{over}");
        json.WriteNumber("each_participant", traffic.Messages.EachParticipant);
        json.WriteNumber("coordinator", traffic.Messages.Coordinator);
        if (traffic.Messages.Helper > 0) json.WriteNumber("helper", traffic.Messages.Helper);
        json.WriteEndObject();
        json.WriteNumber($"delays_over_{over}", traffic.Delays);
    }
}
