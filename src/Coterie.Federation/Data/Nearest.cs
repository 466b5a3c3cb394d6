namespace Coterie.Federation.Data;

/// <summary>Finds the name that was probably meant.</summary>
internal static class Nearest
{
    private const int Listed = 12;
    private const int ShortestStart = 3;

    /// <summary>"did you mean 'x'?" where one is near, else the list of names.</summary>
    public static string Advice(string name, IReadOnlyCollection<string> known)
    {
        if (Find(name, known) is { } near) return $"did you mean '{near}'?";
        if (known.Count == 0) return "none is known.";
        return "known: " + string.Join(", ", known.Take(Listed)) + (known.Count > Listed ? $" and {known.Count - Listed} more." : ".");
    }

    /// <summary>
    /// The nearest of <paramref name="known"/>, whatever the letter case: at most a third of the letters edited, or else the
    /// only one that starts with <paramref name="name"/>; null when none is near.
    /// </summary>
    public static string? Find(string name, IReadOnlyCollection<string> known)
    {
        string? best = null;
        var bestDistance = Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - name.Length) >= bestDistance) continue;
            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < bestDistance && distance < Math.Max(name.Length, candidate.Length)) (best, bestDistance) = (candidate, distance);
        }
        if (best is not null || name.Length < ShortestStart) return best;
        string[] longer = [.. known.Where(k => k.StartsWith(name, StringComparison.OrdinalIgnoreCase)).Take(2)];
        return longer is [var only] ? only : null;
    }

    /// <summary>Edits (insert, delete, replace, swap of neighbours) from one word to the other: optimal string alignment.</summary>
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var before = new int[b.Length + 1];
        var above = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, above, row) = (above, row, before);
        }
        return above[b.Length];
    }
}
