using System.Collections.Immutable;

namespace Coterie.Federation.Reports;

/// <summary>Everything a report shows, as plain values: names, numbers and lists, in the order in which they are to appear.</summary>
/// <param name="Title">What was trained, for example the task's name.</param>
/// <param name="Subtitle">What ran, in one sentence.</param>
/// <param name="Runs">One section per mode; the first is the one that people should look at first.</param>
public sealed record ReportData(string Title, string Subtitle, ImmutableArray<RunSection> Runs)
{
    /// <summary>Facts about the whole report, for example data set, seed and product version.</summary>
    public ImmutableArray<ReportFact> Facts { get; init; } = [];

    /// <summary>Remarks about the whole report.</summary>
    public ImmutableArray<ReportNote> Notes { get; init; } = [];
}

/// <summary>A named value.</summary>
/// <param name="Name">What it is, for example "seed".</param>
/// <param name="Value">The value as people should read it.</param>
public sealed record ReportFact(string Name, string Value);

/// <summary>A remark.</summary>
/// <param name="Text">One or two sentences.</param>
/// <param name="IsWarning">Whether something is given away or should be changed.</param>
public sealed record ReportNote(string Text, bool IsWarning = false);
