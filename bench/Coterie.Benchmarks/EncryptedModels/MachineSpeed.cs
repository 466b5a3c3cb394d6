using System.Numerics;
using System.Security.Cryptography;
using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Paillier.Gmp;

namespace Coterie.Benchmarks.EncryptedModels;

/// <summary>How quick this machine is at present beside the one that targets in seconds were set on: by GMP's products modulo n^2 (<c>mpz_mul</c>, <c>mpz_tdiv_r</c>).</summary>
internal static unsafe class MachineSpeed
{
    private const int Products = 2_000;

    /// <summary>Products per second where the targets come from, by the bits of n.</summary>
    public static double ReferenceRate(int bits) => bits == 2048 ? 303_000 : 156_000;

    /// <summary>Products per second here; null where GMP is not installed.</summary>
    public static double? Rate(int bits)
    {
        try
        {
            GmpLibrary.Require();
        }
        catch (DllNotFoundException)
        {
            return null;
        }
        var n = new BigInteger(RandomNumberGenerator.GetBytes(bits / 8), isUnsigned: true) | BigInteger.One | (BigInteger.One << (bits - 1));
        using var ring = GmpForm.Plain.RingModuloSquare(n);
        using var numbers = new Limbs(bits / 32, 2);
        ring.Enter(numbers[0], n - 2);
        ring.Enter(numbers[1], (n * n) - 3);
        return Products / Stopwatches.Kernel(() =>
        {
            for (var i = 0; i < Products; i++) ring.Multiply(numbers[1], numbers[1], numbers[0]);
        });
    }
}
