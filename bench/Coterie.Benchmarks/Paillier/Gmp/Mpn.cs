using System.Runtime.InteropServices;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>
/// GMP's functions on arrays of 64-bit limbs, least significant first. None allocates nor calls back and all take a few microseconds, so that the
/// runtime's transition is left out and a call costs what it costs in C. The last four are exported but undocumented; <c>mpz_powm</c> is made of them.
/// </summary>
internal static unsafe partial class Mpn
{
    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_mul_n"), SuppressGCTransition]
    public static partial void Multiply(ulong* product, ulong* left, ulong* right, nint limbs);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_sqr"), SuppressGCTransition]
    public static partial void Square(ulong* product, ulong* value, nint limbs);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_add_n"), SuppressGCTransition]
    public static partial ulong Add(ulong* sum, ulong* left, ulong* right, nint limbs);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_sub_n"), SuppressGCTransition]
    public static partial ulong Subtract(ulong* difference, ulong* left, ulong* right, nint limbs);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_lshift"), SuppressGCTransition]
    public static partial ulong ShiftLeft(ulong* result, ulong* value, nint limbs, uint bits);

    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_tdiv_qr"), SuppressGCTransition]
    public static partial void Divide(ulong* quotient, ulong* remainder, nint zero, ulong* value, nint valueLimbs, ulong* divisor, nint divisorLimbs);

    /// <summary>value / B^limbs modulo the modulus, with <paramref name="inverse"/> = -1/modulus mod B; returns a carry of B^limbs and destroys <paramref name="value"/>.</summary>
    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_redc_1"), SuppressGCTransition]
    public static partial ulong Redc1(ulong* result, ulong* value, ulong* modulus, nint limbs, ulong inverse);

    /// <summary>The same for many limbs and without a carry, with <paramref name="inverse"/> = 1/modulus mod B^limbs.</summary>
    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_redc_n"), SuppressGCTransition]
    public static partial void RedcN(ulong* result, ulong* value, ulong* modulus, nint limbs, ulong* inverse);

    /// <summary>The product modulo B^limbs.</summary>
    [LibraryImport(GmpLibrary.File, EntryPoint = "__gmpn_mullo_n"), SuppressGCTransition]
    public static partial void MultiplyLow(ulong* product, ulong* left, ulong* right, nint limbs);

    /// <summary>Whether left is at least right.</summary>
    public static bool AtLeast(ulong* left, ulong* right, int limbs)
    {
        for (var i = limbs - 1; i >= 0; i--)
            if (left[i] != right[i]) return left[i] > right[i];
        return true;
    }
}
