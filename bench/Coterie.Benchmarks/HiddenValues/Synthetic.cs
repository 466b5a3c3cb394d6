using System.Globalization;
using System.Text;
using Coterie.Core.Randomness;

namespace Coterie.Benchmarks.HiddenValues;

/// <summary>A file of made-up rows of two classes.</summary>
internal static class Synthetic
{
    /// <summary>Writes a file to the folder of temporary files; its path.</summary>
    public static string Write(int rows, int features)
    {
        var random = new SeededRandom(1);
        var text = new StringBuilder();
        text.AppendJoin(',', Enumerable.Range(0, features).Select(j => $"x{j}")).Append(",y\n");
        for (var i = 0; i < rows; i++)
        {
            double sum = 0;
            for (var j = 0; j < features; j++)
            {
                var x = (random.NextDouble() * 4) - 2;
                sum += j % 2 == 0 ? x : -x;
                text.Append(x.ToString("0.####", CultureInfo.InvariantCulture)).Append(',');
            }
            text.Append(sum + (random.NextDouble() * 4) > 2 ? 1 : 0).Append('\n');
        }
        var file = Path.Combine(Path.GetTempPath(), $"coterie-{rows}x{features}-{Environment.ProcessId}.csv");
        File.WriteAllText(file, text.ToString());
        return file;
    }
}
