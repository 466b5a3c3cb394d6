using System.Runtime.InteropServices;

namespace Coterie.Federation.Identity;

/// <summary>
/// Makes the names in a folder outlast a power failure: flushing a file does not flush the entry that names it, and an invitation whose mark of
/// use is lost would be good twice. The framework opens no folders, so the system is asked.
/// </summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int NotSupported = 22;   // EINVAL: a file system that has nothing to flush

    /// <summary>Flushes the folder's entries to the disk; on Windows, where renames are journalled, does nothing.</summary>
    /// <exception cref="IOException">The system reports a failure.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0) throw Failure(folder);
        try
        {
            if (Synchronise(descriptor) != 0 && Marshal.GetLastPInvokeError() != NotSupported) throw Failure(folder);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string folder) => new($"{folder} cannot be flushed to the disk: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronise(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
