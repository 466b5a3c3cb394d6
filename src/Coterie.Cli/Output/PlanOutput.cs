using Coterie.Core.Learning;
using Coterie.Federation.Runs;
using Coterie.Federation.Runs.Planning;
using Coterie.Privacy.Traffic;
using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>A plan in a terminal.</summary>
internal static class PlanOutput
{
    /// <summary>Lines of a stage: more are not read.</summary>
    private const int MostParts = 12;

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
        {
            var shown = stage.Rounds.Length > MostParts ? MostParts - 1 : stage.Rounds.Length;
            foreach (var (part, index) in stage.Rounds.Take(shown).Select((p, i) => (p, i)))
                rows.Add([index == 0 ? stage.Name : "", RoundsOf(plan, stage, part), Format.Count(part.Entries), .. Bytes(plan, part.PerRound)]);
            if (shown == stage.Rounds.Length) continue;
            // Every round has its own size, as with trees: the largest of the rest stands for them.
            var rest = stage.Rounds.Skip(shown).ToArray();
            var largest = rest.MaxBy(r => r.PerRound.EachParticipant)!;
            rows.Add(["", $"{stage.Rounds[shown].First + 1} to {stage.Rounds[^1].First + stage.Rounds[^1].Count}, each at most", Format.Count(rest.Max(r => r.Entries)), .. Bytes(plan, largest.PerRound with { Coordinator = rest.Max(r => r.PerRound.Coordinator) })]);
        }
        Tables.Figures(console, ["stage", "rounds", "entries", .. Senders(plan)], rows);
        console.WriteLine();
        console.MarkupLine("[bold]What a contribution holds[/]");
        Tables.Pairs(console, [.. plan.Stages.SelectMany(stage => stage.Rounds.Select(ShapeOf).Distinct().Take(MostParts).Select((shape, i) => (i == 0 ? stage.Name : "", shape)))]);
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
        if (learner.RoundsInClear is { } found && found != learner.MaximumRounds && !plan.HasFixedRounds) rows.Add([$"{Format.Plural(found, "round")} of the learner, as in clear", .. Bytes(plan, plan.Over(found))]);
        rows.Add([$"{Format.Plural(learner.MaximumRounds, "round")} of the learner, {(plan.HasFixedRounds ? "as many as are asked for" : "the most")}", .. Bytes(plan, plan.Over(learner.MaximumRounds))]);
        if (plan.PreparedOver(learner.MaximumRounds) is var (ahead, then))
        {
            rows.Add(["the same, prepared: ahead", .. Bytes(plan, ahead)]);
            rows.Add(["the same, prepared: in the run", .. Bytes(plan, then)]);
        }
        Tables.Figures(console, ["when it takes", .. Senders(plan)], rows);
        console.WriteLine();
        var likely = plan.Over(plan.LikelyRounds);
        console.WriteLine(
            $"Over {Format.Plural(plan.LikelyRounds, "round")} each participant sends {Format.Plural(likely.Messages.EachParticipant, "message")}, the coordinator {Format.Count(likely.Messages.Coordinator)}{(plan.Mode.HasHelper ? $", the helper {Format.Count(likely.Messages.Helper)}" : "")}. "
            + $"Of these {Format.Count(likely.Delays)} wait for one another: that many times a message's way is the least a run takes.");
        console.WriteLine("Bytes are payload while nobody drops out; transports add their framing and encryption.");
        if (plan.HasFixedRounds) console.WriteLine("The number of rounds is fixed: nobody sees how far a step goes.");
        if (plan.Task.Mode.ModelOwner is { } owner) console.WriteLine($"Not counted: what {owner} sends, and the rescalings of its model, one in about fifty rounds.");
    }

    private static string[] Senders(RunPlan plan) => plan.Mode.HasHelper ? ["each participant", "coordinator", "helper"] : ["each participant", "coordinator"];

    private static string[] Bytes(RunPlan plan, TrafficEstimate traffic) => plan.Mode.HasHelper
        ? [Format.Bytes(traffic.EachParticipant), Format.Bytes(traffic.Coordinator), Format.Bytes(traffic.Helper)]
        : [Format.Bytes(traffic.EachParticipant), Format.Bytes(traffic.Coordinator)];

    private static string RoundsOf(RunPlan plan, PlannedStage stage, PlannedRounds part) =>
        part.Count == 1 ? $"{part.First + 1}" : $"{part.First + 1} to {(stage.IsLearner && !plan.HasFixedRounds && part.First + part.Count == stage.MaximumRounds ? "at most " : "")}{part.First + part.Count}";

    private static string ShapeOf(PlannedRounds part) =>
        part.Layout.IsEmpty ? "nothing" : string.Join(", ", part.Layout.Select(b => $"{b.Name} {ShapeOf(b)}"));

    private static string ShapeOf(BlockSpec block) => $"{block.Rows} x {block.Columns}";
}
