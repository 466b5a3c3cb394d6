using System.Collections.Immutable;
using System.Globalization;

namespace Coterie.Federation.Reports.Sections;

/// <summary>Everything about one run.</summary>
internal static class RunView
{
    /// <summary>The identifier that the page's navigation refers to.</summary>
    public static string Anchor(int index) => string.Create(CultureInfo.InvariantCulture, $"run-{index + 1}");

    public static void Write(Markup page, ReportData data, int index)
    {
        var run = data.Runs[index];
        var heading = page.Identifier("heading");
        page.Open("section", ("id", Anchor(index)), ("class", "run"), ("aria-labelledby", heading)).Leaf("h2", $"{run.Mode}, {run.Learner}", ("id", heading));
        if (run.ModeSummary is { Length: > 0 } summary) page.Leaf("p", summary, ("class", "lead"));
        Blocks.Facts(page, Facts(run));
        Blocks.Notes(page, run.Notes.Where(n => n.IsWarning));
        QualitySection.Write(page, run);
        ConvergenceSection.Write(page, run);
        CostSection.Write(page, run);
        LearnedSection.Write(page, run);
        Remarks(page, run.Notes);
        page.Close();
    }

    /// <summary>The notes that are no warnings; warnings stand on top.</summary>
    public static void Remarks(Markup page, ImmutableArray<ReportNote> notes)
    {
        if (notes.All(n => n.IsWarning)) return;
        page.Leaf("h3", "Notes");
        Blocks.Notes(page, notes.Where(n => !n.IsWarning));
    }

    private static IEnumerable<ReportFact> Facts(RunSection run)
    {
        yield return new ReportFact("learner", run.Learner);
        foreach (var fact in run.Parameters) yield return fact;
        if (!run.Participants.IsEmpty) yield return new ReportFact("participants", NumberText.Count(run.Participants.Length));
        if (run.Threshold is { } threshold) yield return new ReportFact("must survive", $"at least {NumberText.Count(threshold)}");
        if (run.Topology is { Length: > 0 } topology) yield return new ReportFact("topology", topology);
        yield return new ReportFact("rounds", NumberText.Count(run.Rounds));
        yield return new ReportFact("time", NumberText.Seconds(run.Seconds));
    }
}
