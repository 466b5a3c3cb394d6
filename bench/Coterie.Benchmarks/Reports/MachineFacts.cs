using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Coterie.Benchmarks.Reports;

/// <summary>What a figure depends on, without names or paths.</summary>
internal static class MachineFacts
{
    public static string Describe() => string.Join(", ",
        $"{Processor()} with {Environment.ProcessorCount} cores",
        $"vectors of {VectorBits()} bits, AES instructions {(Aes.IsSupported || System.Runtime.Intrinsics.Arm.Aes.IsSupported ? "present" : "absent")}",
        $"{RuntimeInformation.FrameworkDescription} {RuntimeInformation.ProcessArchitecture}");

    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;

    private static string Processor()
    {
        const string Key = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? "a processor" : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
