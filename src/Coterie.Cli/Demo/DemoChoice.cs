using Coterie.Cli.Running;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Privacy;

namespace Coterie.Cli.Demo;

/// <summary>What a demo runs: every problem in every mode.</summary>
/// <param name="Problems">What is learned.</param>
/// <param name="Modes">How it is hidden.</param>
internal sealed record DemoChoice(DemoProblem[] Problems, DemoMode[] Modes)
{
    /// <summary>Whether it is what runs where nothing is chosen.</summary>
    public bool IsUsual => Modes == DemoTasks.Modes;

    /// <summary>What <c>--mode</c> and <c>--learner</c> choose; where one is absent, all that go with the other.</summary>
    /// <exception cref="UsageException">No such mode or learner.</exception>
    public static DemoChoice Of(string? mode, string? learner)
    {
        if (mode is null && learner is null) return new(DemoTasks.Problems, DemoTasks.Modes);
        if (mode is not null && ModeCatalogue.Find(mode) is null) throw new UsageException($"--mode: there is no mode '{mode}'; {string.Join(", ", ModeCatalogue.All.Select(m => m.Name))} are known.");
        var problems = learner is null ? DemoLearners.All : [.. DemoLearners.All.Where(p => p.Name == learner)];
        if (problems.Length == 0) throw new UsageException($"--learner: the demo has no problem for '{learner}'; {string.Join(", ", DemoLearners.All.Select(p => p.Name))} are known.");
        if (mode is null) return new(problems, DemoTasks.Modes);
        var chosen = new DemoMode(mode, mode, $"privacy: {{ mode: {mode} }}");
        // A learner that is named is refused with the reason.
        return new(learner is null ? [.. problems.Where(p => CanRun(p, chosen))] : problems, [chosen]);
    }

    private static bool CanRun(DemoProblem problem, DemoMode mode)
    {
        var task = TaskFile.Parse(DemoTasks.TextOf(problem, DemoTasks.Modes[0]), DemoTasks.NameOf(problem, mode));
        return ModeCatalogue.Refusal(new ModeOptions(mode.Name), PlannedTask.Of(task, 0).Plan.Learner) is null;
    }

    /// <summary>What leaves a participant, mode by mode.</summary>
    public (string Mode, string Leaves)[] Explanations => IsUsual
        ?
        [
            ("federated", "sums over its rows, which the coordinator can read"),
            ("secure-aggregation", "the same sums, masked: only the total can be opened"),
            ("  on a ring", "the same, added up from participant to participant"),
        ]
        : [.. Modes.Select(m => (m.Name, ModeCatalogue.Find(m.Name)!.Summary))];
}
