using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Coterie.Testing;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

/// <summary>
/// Memory of which the kernel tells which pages were read: pages that nobody has read yet are mapped to nothing, and <c>/proc/self/pagemap</c> says so.
/// </summary>
internal sealed unsafe partial class TouchedPages : IDisposable
{
    private const int ReadAndWrite = 3, PrivateAndAnonymous = 0x22, NoHugePages = 15;

    private readonly byte* _memory;
    private readonly int _pages;

    public TouchedPages(int bytes)
    {
        _pages = (bytes / PageBytes) + 2;
        _memory = Map(null, (nuint)(_pages * PageBytes), ReadAndWrite, PrivateAndAnonymous, -1, 0);
        Assert.True((nint)_memory != -1, "No memory was mapped.");
        Advise(_memory, (nuint)(_pages * PageBytes), NoHugePages);
    }

    /// <summary>Whether this system tells.</summary>
    public static bool Work { get; } = OperatingSystem.IsLinux() && Environment.SystemPageSize == PageBytes && Tell();

    public static int PageBytes => 4096;

    /// <summary>Words from <paramref name="offset"/> bytes on.</summary>
    public ReadOnlySpan<ulong> Words(int offset, int count) => new(_memory + offset, count);

    /// <summary>Which pages have been read, by their numbers.</summary>
    public int[] Touched()
    {
        using var map = File.OpenRead("/proc/self/pagemap");
        map.Position = (long)_memory / PageBytes * sizeof(ulong);
        var entries = new byte[_pages * sizeof(ulong)];
        map.ReadExactly(entries);
        const ulong PresentOrSwapped = 3UL << 62;
        return [.. Enumerable.Range(0, _pages).Where(page => (BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(page * sizeof(ulong))) & PresentOrSwapped) != 0)];
    }

    public void Dispose() => _ = Unmap(_memory, (nuint)(_pages * PageBytes));

    private static bool Tell()
    {
        using var pages = new TouchedPages(8 * PageBytes);
        try
        {
            if (pages.Touched().Length > 0) return false;
            return Volatile.Read(in pages.Words(3 * PageBytes, 1)[0]) == 0 && pages.Touched() is [3];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}

/// <summary>A test that needs to see which pages were read.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TouchedPagesFactAttribute : FactAttribute
{
    public TouchedPagesFactAttribute() => Skip = Requirement.SkipUnless(TouchedPages.Work, "a system that tells which pages were read (/proc/self/pagemap)");
}
