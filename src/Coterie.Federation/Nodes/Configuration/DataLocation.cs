using System.Collections.Immutable;
using Coterie.Federation.Data;

namespace Coterie.Federation.Nodes.Configuration;

/// <summary>
/// Where a participant's rows are. Files its own config names may be anywhere; the name a task gives is looked up below the configured folder
/// and nowhere else, because the task was written by somebody else.
/// </summary>
/// <param name="File">The file for every task; null: the task's own file name below <paramref name="Folder"/>.</param>
/// <param name="Folder">The folder below which a task may name a file; null: none.</param>
/// <param name="ByTask">Files for single tasks, by the task's name.</param>
public sealed record DataLocation(string? File, string? Folder, ImmutableSortedDictionary<string, string> ByTask)
{
    /// <summary>The absolute path of this participant's file for a task. The file itself is not looked at.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="named">The file as the task names it, made absolute from <see cref="Folder"/>; null where it names none.</param>
    /// <exception cref="DataFileException">Neither config nor task names a file, or the task's is not below the folder or is reached through a link.</exception>
    public string Find(string task, string? named)
    {
        if (ByTask.GetValueOrDefault(task) is { } mapped) return mapped;
        if (File is not null) return File;
        return Folder is not null && named is not null ? Below(Folder, named)
            : throw new DataFileException(task, null, null, $"no file of this participant is known for the task; add data: {{ tasks: {{ {task}: FILE }} }} to its config.");
    }

    private static string Below(string folder, string named)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var full = Path.GetFullPath(named);
        if (!full.StartsWith(root, StringComparison.Ordinal) || full.IndexOf(':', root.Length) >= 0) throw Refused(named, folder, "leads out of the folder");
        for (var end = root.Length; end < full.Length; end++)
        {
            end = full.IndexOf(Path.DirectorySeparatorChar, end) is >= 0 and var next ? next : full.Length;
            // A link could lead anywhere, also to where nobody meant to share anything.
            if (new FileInfo(full[..end]).LinkTarget is not null) throw Refused(named, folder, "goes through a symbolic link");
        }
        return full;
    }

    private static DataFileException Refused(string named, string folder, string why) => new(
        CellText.Quote(named).Trim('\''), null, null,
        $"the task's name for this participant's file {why}; a path below {folder} is accepted, or data: {{ file: ... }} in this participant's own config.");
}
