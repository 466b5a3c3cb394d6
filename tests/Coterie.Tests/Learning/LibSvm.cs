using System.Globalization;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Tests.Learning;

/// <summary>Reads LIBSVM text with labels -1 and +1, independently of the product's readers.</summary>
internal static class LibSvm
{
    public static Shard Read(string path, int features)
    {
        var lines = File.ReadAllLines(path);
        double[] values = new double[lines.Length * features], targets = new double[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            var cells = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            targets[i] = double.Parse(cells[0], CultureInfo.InvariantCulture) > 0 ? 1 : 0;
            foreach (var cell in cells.Skip(1))
            {
                var colon = cell.IndexOf(':', StringComparison.Ordinal);
                values[(i * features) + int.Parse(cell[..colon], CultureInfo.InvariantCulture) - 1] = double.Parse(cell[(colon + 1)..], CultureInfo.InvariantCulture);
            }
        }
        return new Shard(new Matrix(lines.Length, features, values), Matrix.Column(targets));
    }
}
