using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Testing;

/// <summary>A numeric table read independently of the product's readers; the target is the last column.</summary>
internal sealed record Table(string[] Names, double[][] Rows)
{
    /// <summary>Reads a CSV file of numbers; empty cells are NaN.</summary>
    public static Table Read(string path)
    {
        var lines = File.ReadAllLines(path);
        return new Table(lines[0].Split(','), [.. lines.Skip(1).Where(l => l.Length > 0).Select(l =>
            l.Split(',').Select(c => c.Length == 0 ? double.NaN : double.Parse(c, CultureInfo.InvariantCulture)).ToArray())]);
    }

    /// <summary>The columns but those named.</summary>
    public Table Without(params string[] names)
    {
        var keep = Enumerable.Range(0, Names.Length).Where(j => !names.Contains(Names[j])).ToArray();
        return new Table([.. keep.Select(j => Names[j])], [.. Rows.Select(r => keep.Select(j => r[j]).ToArray())]);
    }

    /// <summary>The rows whose 0-based index satisfies <paramref name="condition"/>.</summary>
    public Table Where(Func<int, bool> condition) => this with { Rows = [.. Rows.Where((_, i) => condition(i))] };

    /// <summary>Features and target.</summary>
    public Shard ToShard(bool withTarget = true)
    {
        var d = Names.Length - (withTarget ? 1 : 0);
        return new Shard(
            new Matrix(Rows.Length, d, [.. Rows.SelectMany(r => r.Take(d))]),
            withTarget ? new Matrix(Rows.Length, 1, [.. Rows.Select(r => r[^1])]) : null);
    }

    /// <summary>Deals the rows round-robin.</summary>
    public static Shard[] Deal(Shard shard, int participants) =>
        [.. Enumerable.Range(0, participants).Select(k => shard.SelectRows([.. Enumerable.Range(0, shard.Rows).Where(i => i % participants == k)]))];
}
