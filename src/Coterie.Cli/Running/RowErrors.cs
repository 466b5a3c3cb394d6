using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Coterie.Core.Learning;
using Coterie.Federation.Data;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;

namespace Coterie.Cli.Running;

/// <summary>
/// Rows that cannot be used are refused by the party that holds them, which knows its own rows but no files. Here all rows are at hand,
/// so the file and line can be told.
/// </summary>
internal static partial class RowErrors
{
    /// <summary>Runs <paramref name="work"/>, giving what is wrong with rows its place in the files of <paramref name="task"/>.</summary>
    public static async Task<T> LocatedAsync<T>(PreparedTask task, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (ShardException refused)
        {
            throw Locate(task, refused);
        }
    }

    /// <summary>The message without the column and row that its place already names.</summary>
    public static string ProblemOf(ShardException refused) => Place().Replace(refused.Message, "");

    [GeneratedRegex(@"^Column '[^']*'(, row \d+:)? ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();

    private static Exception Locate(PreparedTask task, ShardException refused)
    {
        if (refused.Row is { } row && Candidates(task.Data).Where(c => IsSuspect(task.Data.Schema, c, refused.Column, row)).ToArray() is [var found, ..])
            return new DataFileException(found.Origins[row].File, found.Origins[row].Line, refused.Column, ProblemOf(refused), refused);
        // Facts over all participants, for example a constant target: no single row is to blame.
        var field = refused.Column is not null && refused.Column == task.Data.Schema.Target?.Name ? "data.target" : "data";
        return task.File.Error(field, refused.Message, refused);
    }

    private static IEnumerable<(Shard Shard, ImmutableArray<RowOrigin> Origins)> Candidates(TaskData data)
    {
        foreach (var participant in data.Participants) yield return (participant.Shard, participant.Origins);
        if (data.Test is { } test) yield return (test, data.TestOrigins);
        if (data.Validation is { } validation) yield return (validation, data.ValidationOrigins);
    }

    private static bool IsSuspect(Schema schema, (Shard Shard, ImmutableArray<RowOrigin> Origins) candidate, string? column, int row)
    {
        if (row >= candidate.Shard.Rows) return false;
        if (column is not null && column == schema.Target?.Name) return candidate.Shard.Targets is { } targets && !double.IsFinite(targets[row, 0]);
        // A one-hot column or the like has no cell of its own in the file: then no row is named.
        var index = schema.Features.Select(c => c.Name).ToList().IndexOf(column ?? "");
        return index >= 0 && !double.IsFinite(candidate.Shard.Features[row, index]);
    }
}
