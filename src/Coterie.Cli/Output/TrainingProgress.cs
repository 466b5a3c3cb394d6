using System.Collections.Concurrent;
using System.Globalization;
using Coterie.Cli.Running;
using Coterie.Core.Parties;
using Spectre.Console;

namespace Coterie.Cli.Output;

/// <summary>Shows the rounds of a run: a bar per stage in a terminal, a line per round with --verbose, nothing otherwise.</summary>
internal static class TrainingProgress
{
    public static Task<T> ShowAsync<T>(CommandContext context, Func<IProgress<RunProgress>?, Task<T>> work)
    {
        if (context.Verbose) return work(new Lines());
        if (!context.ShowsProgress) return work(null);
        return Bars(context.Status).StartAsync(bars => work(new StageBars(bars)));
    }

    /// <summary>A bar over several runs.</summary>
    public static Task<T> ShowRunsAsync<T>(CommandContext context, int runs, Func<IProgress<RunProgress>?, Action<string>, Action, Task<T>> work)
    {
        if (context.Verbose) return work(new Lines(), title => Console.Error.WriteLine(title), () => { });
        if (!context.ShowsProgress) return work(null, _ => { }, () => { });
        return Bars(context.Status).StartAsync(bars =>
        {
            var bar = bars.AddTask("training", maxValue: runs);
            return work(null, title => bar.Description = Markup.Escape(title), () => bar.Increment(1));
        });
    }

    private static Progress Bars(IAnsiConsole console) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new ElapsedTimeColumn());

    private static string StageOf(RunProgress progress) => progress.Step.Path[..progress.Step.Path.LastIndexOf('/')];

    /// <summary>Reports come from the coordinator's thread, one after the other.</summary>
    private sealed class StageBars(ProgressContext bars) : IProgress<RunProgress>
    {
        private readonly ConcurrentDictionary<string, ProgressTask> _stages = new(StringComparer.Ordinal);
        private ProgressTask? _current;

        public void Report(RunProgress value)
        {
            var bar = _stages.GetOrAdd(StageOf(value), _ => bars.AddTask(Markup.Escape(value.Stage), maxValue: value.MaximumRounds));
            // A stage that converged before its last round is done all the same.
            if (_current is not null && _current != bar) _current.Value = _current.MaxValue;
            _current = bar;
            bar.Description = Markup.Escape($"{value.Stage}, round {value.Round + 1}");
            bar.Value = value.Round + 1;
        }
    }

    private sealed class Lines : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => Console.Error.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{value.Stage}: round {value.Round + 1} of at most {value.MaximumRounds}, ")
            + (value.Loss is { } loss ? string.Create(CultureInfo.InvariantCulture, $"loss {loss:G6}, ") : "")
            + string.Create(CultureInfo.InvariantCulture, $"step {value.Change:G3}, {value.Survivors} participants"));
    }
}
