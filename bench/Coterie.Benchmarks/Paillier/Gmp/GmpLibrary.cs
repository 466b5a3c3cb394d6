using System.Reflection;
using System.Runtime.InteropServices;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Finds GMP: the system's, or the file named by <c>COTERIE_GMP</c> (a build tuned for the processor, say).</summary>
internal static class GmpLibrary
{
    /// <summary>The name every import uses.</summary>
    public const string File = "libgmp.so.10";

    private const string Variable = "COTERIE_GMP";

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>What GMP says its version is.</summary>
    public static unsafe string Version => Marshal.PtrToStringUTF8(*(nint*)NativeLibrary.GetExport(Handle.Value, "__gmp_version")) ?? "unknown";

    /// <summary>Whose build it is, without its path.</summary>
    public static string Origin => Environment.GetEnvironmentVariable(Variable) is null ? "the system's build" : $"the build named by {Variable}";

    /// <summary>Loads the library.</summary>
    /// <exception cref="DllNotFoundException">It is missing, or lacks the functions the fast forms need; the message says what to install.</exception>
    public static void Require()
    {
        foreach (var function in (string[])["__gmpz_powm", "__gmpz_powm_sec", "__gmpn_redc_1", "__gmpn_redc_n", "__gmpn_binvert", "__gmpn_mullo_n"])
            if (!NativeLibrary.TryGetExport(Handle.Value, function, out _))
                throw new DllNotFoundException($"GMP is there but does not export {function}; a shared GMP 6.2 or later for 64-bit Linux does.");
    }

    private static nint Load()
    {
        var file = Environment.GetEnvironmentVariable(Variable) ?? File;
        if (!NativeLibrary.TryLoad(file, out var handle))
            throw new DllNotFoundException(
                $"The Paillier benchmark compares with GMP, and {file} cannot be loaded. Install it (Debian: apt-get install libgmp10) or name the file in {Variable}.");
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == File ? handle : 0);
        return handle;
    }
}
