using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Coterie.Benchmarks.Measuring;

/// <summary>
/// Keeps every thread of the process on one core until disposal. The framework's <c>ProcessorAffinity</c> moves the first thread only on
/// Linux, hence thread by thread; threads started later inherit it.
/// </summary>
internal sealed partial class OneCore : IDisposable
{
    // Bits of a mask: 1024 processors, as glibc's cpu_set_t.
    private const int MaskWords = 16;

    private readonly ulong[] _before = new ulong[MaskWords];

    private OneCore()
    {
    }

    /// <summary>Null where the system cannot do it.</summary>
    public static OneCore? TryEnter()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var scope = new OneCore();
        if (GetAffinity(0, MaskWords * sizeof(ulong), scope._before) < 0) return null;
        var one = new ulong[MaskWords];
        var last = Array.FindLastIndex(scope._before, w => w != 0);
        one[last] = 1UL << BitOperations.Log2(scope._before[last]);
        return SetAll(one) ? scope : null;
    }

    public void Dispose() => SetAll(_before);

    private static bool SetAll(ulong[] mask)
    {
        var done = true;
        foreach (var folder in Directory.EnumerateDirectories("/proc/self/task"))
            done &= SetAffinity(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), MaskWords * sizeof(ulong), mask) == 0;
        return done;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint size, ulong[] mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint size, [Out] ulong[] mask);
}
