namespace Coterie.Benchmarks.Measuring;

/// <summary>Time of something, on the wall and in the processor.</summary>
internal readonly record struct Elapsed(TimeSpan Wall, TimeSpan Cpu);

/// <summary>Medians of repeated measurements after warm-up.</summary>
internal static class Stopwatches
{
    /// <summary>Shortest measurement of a kernel: far above the clocks' resolution.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    /// <summary>Processor seconds of one call on this thread: the median of <paramref name="repeats"/> loops of at least 20 ms.</summary>
    public static double Kernel(Action action, int repeats = 11)
    {
        var calls = 1;
        // Warm-up: until a loop is long enough, and long enough for the compiler's last tier to arrive in the background.
        var until = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(until) < 20 * Slice)
            if (Loop(action, calls) < Slice) calls *= 2;
        return Median([.. Enumerable.Range(0, repeats).Select(_ => Loop(action, calls).TotalSeconds / calls)]);
    }

    /// <summary>Wall and processor time of the whole process.</summary>
    public static async Task<Elapsed> ProcessAsync(Func<Task> action)
    {
        GC.Collect();
        var wall = TimeProvider.System.GetTimestamp();
        var cpu = CpuClock.Process;
        await action();
        return new Elapsed(TimeProvider.System.GetElapsedTime(wall), CpuClock.Process - cpu);
    }

    /// <summary>The middle value; the mean of the two middle ones of an even number.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static TimeSpan Loop(Action action, int calls)
    {
        var start = CpuClock.Thread;
        for (var i = 0; i < calls; i++) action();
        return CpuClock.Thread - start;
    }
}
