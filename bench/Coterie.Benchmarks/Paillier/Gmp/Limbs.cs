using System.Numerics;
using System.Runtime.InteropServices;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Native memory for rows of limbs, aligned to cache lines.</summary>
internal sealed unsafe class Limbs : IDisposable
{
    private const int CacheLine = 64;

    private readonly int _width;

    /// <summary><paramref name="rows"/> numbers of <paramref name="width"/> limbs.</summary>
    public Limbs(int width, int rows = 1)
    {
        _width = width;
        Bytes = (long)width * rows * sizeof(ulong);
        Pointer = (ulong*)NativeMemory.AlignedAlloc((nuint)Bytes, CacheLine);
        NativeMemory.Clear(Pointer, (nuint)Bytes);
    }

    /// <summary>A single number.</summary>
    public Limbs(BigInteger value, int width)
        : this(width) => Write(Pointer, value, width);

    public ulong* Pointer { get; private set; }

    public long Bytes { get; }

    public ulong* this[int row] => Pointer + ((long)row * _width);

    public static void Write(ulong* destination, BigInteger value, int width)
    {
        var bytes = new Span<byte>(destination, width * sizeof(ulong));
        bytes.Clear();
        if (!value.TryWriteBytes(bytes, out _, isUnsigned: true)) throw new OverflowException($"The number does not fit into {width} limbs.");
    }

    public static BigInteger Read(ulong* value, int width) => new(new ReadOnlySpan<byte>(value, width * sizeof(ulong)), isUnsigned: true);

    public static void Copy(ulong* destination, ulong* source, int width) => new ReadOnlySpan<ulong>(source, width).CopyTo(new Span<ulong>(destination, width));

    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
