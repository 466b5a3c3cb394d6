using System.Runtime.InteropServices;

namespace Coterie.Benchmarks.Measuring;

/// <summary>
/// Processor time from the kernel's clocks: what other programs do on the machine does not enter, except through shared caches
/// and clock rate. Linux only; elsewhere the process's total stands in for both.
/// </summary>
internal static partial class CpuClock
{
    // From time.h of Linux.
    private const int ProcessClock = 2;
    private const int ThreadClock = 3;

    /// <summary>Of the calling thread.</summary>
    public static TimeSpan Thread => Read(ThreadClock);

    /// <summary>Of all threads of the process, ended ones included.</summary>
    public static TimeSpan Process => Read(ProcessClock);

    private static TimeSpan Read(int clock)
    {
        if (!OperatingSystem.IsLinux()) return Environment.CpuUsage.TotalTime;
        return GetTime(clock, out var time) == 0
            ? new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
            : throw new PlatformNotSupportedException("The kernel has no clock of processor time.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
