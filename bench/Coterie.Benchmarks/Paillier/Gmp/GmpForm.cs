using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Ways to compute with GMP.</summary>
internal enum GmpForm
{
    /// <summary>GMP's documented functions: a product, then a division; <c>mpz_powm</c>.</summary>
    Plain,

    /// <summary>Montgomery's form on limbs.</summary>
    Montgomery,

    /// <summary>Two digits in base n (or p, or q), each in Montgomery's form.</summary>
    TwoDigits,
}

/// <summary>Rings by their form.</summary>
internal static class GmpForms
{
    /// <summary>The ring modulo the square of <paramref name="root"/>.</summary>
    public static GmpRing RingModuloSquare(this GmpForm form, BigInteger root) => form switch
    {
        GmpForm.Plain => new DivisionRing(root * root),
        GmpForm.Montgomery => new MontgomeryRing(root * root),
        _ => new TwoDigitRing(root),
    };
}
