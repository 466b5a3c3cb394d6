using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Coterie.Core.Learning;

namespace Coterie.Benchmarks.Trees;

/// <summary>What XGBoost took.</summary>
/// <param name="Wall">Seconds of wall time.</param>
/// <param name="Cpu">Seconds of processor time.</param>
/// <param name="First">Seconds for bins and one tree.</param>
/// <param name="Train">Log loss on training rows.</param>
/// <param name="Test">Log loss on test rows.</param>
internal sealed record XgboostRun(double Wall, double Cpu, double First, double Train, double Test);

/// <summary>Debian's python3-xgboost on the same rows, in a process of its own.</summary>
internal sealed class Xgboost : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coterie-xgboost-");
    private readonly int _rows;
    private readonly int _features;
    private readonly int _test;

    private Xgboost(Shard train, Shard test)
    {
        (_rows, _features, _test) = (train.Rows, train.Features.Columns, test.Rows);
        Write("features.f32", train.Features.Values, test.Features.Values);
        Write("labels.f32", train.Targets!.Values, test.Targets!.Values);
    }

    /// <summary>Null where it is not installed.</summary>
    public static Xgboost? TryCreate(Shard train, Shard test)
    {
        if (!File.Exists(Python)) return null;
        using var probe = Process.Start(new ProcessStartInfo(Python, ["-c", "import xgboost"]) { RedirectStandardError = true, UseShellExecute = false })!;
        probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0 ? new Xgboost(train, test) : null;
    }

    public XgboostRun Train(int trees, int depth, int threads)
    {
        var script = Path.Combine(Places.Repository, "bench", "Coterie.Benchmarks", "Trees", "xgboost_hist.py");
        string[] numbers = [.. new[] { _rows, _features, _test, trees, depth, threads }.Select(n => n.ToString(CultureInfo.InvariantCulture))];
        using var process = Process.Start(new ProcessStartInfo(Python, [script, _folder.FullName, .. numbers]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        using var document = JsonDocument.Parse(text);
        double Of(string name) => document.RootElement.GetProperty(name).GetDouble();
        return new(Of("wall"), Of("cpu"), Of("first"), Of("train"), Of("test"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string name, ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        using var file = File.Create(Path.Combine(_folder.FullName, name));
        foreach (var value in first) file.Write(MemoryMarshal.AsBytes([(float)value]));
        foreach (var value in second) file.Write(MemoryMarshal.AsBytes([(float)value]));
    }
}
