using Coterie.Core.Learning;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Privacy.Traffic;
using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>A plan in a terminal.</summary>
internal static class PlanOutput
{
    public static void Write(IAnsiConsole console, RunPlan plan)
    {
        var task = plan.Task;
        console.MarkupLineInterpolated($"[bold]{task.File.Name}[/]");
        console.WriteLine($"{task.File.Learner.Name}, {task.Mode.Mode}, {Format.Plural(task.Data.Participants.Length, "participant")}, {Format.Plural(task.Data.Participants.Sum(p => p.Shard.Rows), "training row")}");
        console.WriteLine();
        console.MarkupLine("[bold]Who learns what[/]");
        ModeOutput.WriteKnowledge(console, plan.Mode);
        if (task.SamplingNote is { } sampled) console.WriteLine(sampled);
        console.WriteLine();
        WriteStages(console, plan);
        if (plan.Profile is { } profile) WriteProfile(console, profile);
        if (plan.Compression is { } compression) WriteCompression(console, plan, compression);
        WriteTotals(console, plan);
    }

    private static void WriteStages(IAnsiConsole console, RunPlan plan)
    {
        console.MarkupLine("[bold]What is sent in each round[/]");
        var rows = new List<string[]>();
        foreach (var stage in plan.Stages)
            foreach (var (part, index) in stage.Rounds.Select((p, i) => (p, i)))
                rows.Add([index == 0 ? stage.Name : "", RoundsOf(stage, part), Format.Count(part.Entries), Format.Bytes(part.PerRound.EachParticipant), Format.Bytes(part.PerRound.Coordinator)]);
        Tables.Figures(console, ["stage", "rounds", "entries", "each participant", "coordinator"], rows);
        console.WriteLine();
        console.MarkupLine("[bold]What a contribution holds[/]");
        Tables.Pairs(console, [.. plan.Stages.SelectMany(stage => stage.Rounds.Select(ShapeOf).Distinct().Select((shape, i) => (i == 0 ? stage.Name : "", shape)))]);
        console.WriteLine();
    }

    private static void WriteProfile(IAnsiConsole console, ContributionProfile profile)
    {
        console.WriteLine(profile.Degree switch
        {
            0 => "The contribution depends on the rows only, not on the model: it is the same in every round.",
            { } degree => $"The contribution is a polynomial of degree {degree} in the model's parameters.",
            null => "The contribution is no polynomial in the model's parameters: it compares or approximates.",
        });
        console.WriteLine();
    }

    private static void WriteCompression(IAnsiConsole console, RunPlan plan, CompressionFigures compression)
    {
        console.WriteLine(compression.Sentence);
        console.WriteLine($"Over {Format.Plural(plan.LikelyRounds, "round")} of the learner each participant sends {Format.Bytes(plan.Learner.SavedOver(plan.LikelyRounds).EachParticipant)} less.");
        console.WriteLine();
    }

    private static void WriteTotals(IAnsiConsole console, RunPlan plan)
    {
        console.MarkupLine("[bold]In total[/]");
        var learner = plan.Learner;
        var rows = new List<string[]>();
        if (learner.RoundsInClear is { } found && found != learner.MaximumRounds) rows.Add(Total($"{Format.Plural(found, "round")} of the learner, as in clear", plan.Over(found)));
        rows.Add(Total($"{Format.Plural(learner.MaximumRounds, "round")} of the learner, the most", plan.Over(learner.MaximumRounds)));
        Tables.Figures(console, ["when it takes", "each participant", "coordinator"], rows);
        console.WriteLine();
        console.WriteLine("Bytes are payload while nobody drops out; transports add their framing and encryption.");
        if (plan.Task.Mode.ModelOwner is { } owner) console.WriteLine($"Not counted: what {owner} sends, and the rescalings of its model, one in about fifty rounds.");
    }

    private static string[] Total(string when, TrafficEstimate traffic) => [when, Format.Bytes(traffic.EachParticipant), Format.Bytes(traffic.Coordinator)];

    private static string RoundsOf(PlannedStage stage, PlannedRounds part) =>
        part.Count == 1 ? $"{part.First + 1}" : $"{part.First + 1} to {(stage.IsLearner && part.First + part.Count == stage.MaximumRounds ? "at most " : "")}{part.First + part.Count}";

    private static string ShapeOf(PlannedRounds part) =>
        part.Layout.IsEmpty ? "nothing" : string.Join(", ", part.Layout.Select(b => $"{b.Name} {ShapeOf(b)}"));

    private static string ShapeOf(BlockSpec block) => $"{block.Rows} x {block.Columns}";
}
