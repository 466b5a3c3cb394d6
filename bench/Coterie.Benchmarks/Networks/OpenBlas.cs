using System.Runtime.InteropServices;

namespace Coterie.Benchmarks.Networks;

/// <summary>OpenBLAS on one thread, where the system has it (package libopenblas0).</summary>
internal sealed unsafe class OpenBlas
{
    // From cblas.h: CblasRowMajor, CblasNoTrans.
    private const int RowMajor = 101, NoTranspose = 111;

    private readonly delegate* unmanaged<int, int, int, int, int, int, double, double*, int, double*, int, double, double*, int, void> _multiply;

    private OpenBlas(nint library)
    {
        _multiply = (delegate* unmanaged<int, int, int, int, int, int, double, double*, int, double*, int, double, double*, int, void>)NativeLibrary.GetExport(library, "cblas_dgemm");
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads"))(1);
        Version = Marshal.PtrToStringAnsi((nint)((delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "openblas_get_config"))()) ?? "";
    }

    /// <summary>What the library says of itself.</summary>
    public string Version { get; }

    /// <summary>Null where there is none.</summary>
    public static OpenBlas? TryLoad() => NativeLibrary.TryLoad("libopenblas.so.0", out var library) ? new OpenBlas(library) : null;

    /// <summary>destination (m x n) = left (m x k) right (k x n).</summary>
    public void Multiply(double[] left, double[] right, double[] destination, int m, int k, int n)
    {
        fixed (double* a = left, b = right, c = destination) _multiply(RowMajor, NoTranspose, NoTranspose, m, n, k, 1, a, k, b, n, 0, c, n);
    }
}
