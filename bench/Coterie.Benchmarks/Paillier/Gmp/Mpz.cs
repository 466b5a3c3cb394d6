using System.Numerics;
using System.Runtime.InteropServices;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>A preallocated <c>mpz_t</c>, and the functions on it. Non-negative values only cross the border.</summary>
internal sealed unsafe partial class Mpz : IDisposable
{
    private Header* _header;

    public Mpz(int limbs)
    {
        GmpLibrary.Require();
        _header = (Header*)NativeMemory.Alloc((nuint)sizeof(Header));
        Initialise(_header, (ulong)limbs * 64);
    }

    public Mpz(BigInteger value)
        : this((value.GetByteCount(isUnsigned: true) / sizeof(ulong)) + 1)
    {
        var limbs = (value.GetByteCount(isUnsigned: true) + sizeof(ulong) - 1) / sizeof(ulong);
        using var copy = new Limbs(value, limbs);
        Set(copy.Pointer, limbs);
    }

    /// <summary>mpz_t as gmp.h declares it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public int Allocated;
        public int Size;
        public ulong* Limbs;
    }

    public static implicit operator Header*(Mpz value) => value._header;

    /// <summary>Copies limbs in.</summary>
    public void Set(ulong* limbs, int count) => Import(_header, (nuint)count, -1, sizeof(ulong), 0, 0, limbs);

    /// <summary>Copies the limbs out, zeros above.</summary>
    public void Get(ulong* limbs, int count)
    {
        var used = _header->Size;
        new ReadOnlySpan<ulong>(_header->Limbs, used).CopyTo(new Span<ulong>(limbs, count));
        new Span<ulong>(limbs, count)[used..].Clear();
    }

    /// <summary>A read-only view of limbs, without copying them.</summary>
    public static Header View(ulong* limbs, int count)
    {
        Header view;
        ReadOnly(&view, limbs, count);
        return view;
    }

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_init2")]
    private static partial void Initialise(Header* value, ulong bits);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_clear")]
    private static partial void Clear(Header* value);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_import"), SuppressGCTransition]
    private static partial void Import(Header* value, nuint count, int order, nuint size, int endian, nuint nails, ulong* limbs);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_roinit_n"), SuppressGCTransition]
    private static partial Header* ReadOnly(Header* value, ulong* limbs, nint count);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_set_ui"), SuppressGCTransition]
    public static partial void SetSmall(Header* result, ulong value);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_add"), SuppressGCTransition]
    public static partial void Add(Header* sum, Header* left, Header* right);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_sub"), SuppressGCTransition]
    public static partial void Subtract(Header* difference, Header* left, Header* right);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_sub_ui"), SuppressGCTransition]
    public static partial void SubtractSmall(Header* difference, Header* left, ulong right);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_mul"), SuppressGCTransition]
    public static partial void Multiply(Header* product, Header* left, Header* right);

    /// <summary>Remainder of the sign of the divisor: never negative.</summary>
    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_fdiv_r"), SuppressGCTransition]
    public static partial void Remainder(Header* remainder, Header* value, Header* divisor);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_divexact"), SuppressGCTransition]
    public static partial void DivideExactly(Header* quotient, Header* value, Header* divisor);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_cmp"), SuppressGCTransition]
    public static partial int Compare(Header* left, Header* right);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_invert")]
    public static partial int Invert(Header* inverse, Header* value, Header* modulus);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_powm")]
    public static partial void Power(Header* result, Header* value, Header* exponent, Header* modulus);

    /// <summary>GMP's constant-time exponentiation; odd modulus, positive exponent.</summary>
    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpz_powm_sec")]
    public static partial void PowerConstantTime(Header* result, Header* value, Header* exponent, Header* modulus);

    public void Dispose()
    {
        if (_header is null) return;
        Clear(_header);
        NativeMemory.Free(_header);
        _header = null;
    }
}
