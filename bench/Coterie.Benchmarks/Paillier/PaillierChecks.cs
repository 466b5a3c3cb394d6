using System.Numerics;

namespace Coterie.Benchmarks.Paillier;

/// <summary>Compares results with the framework's big integers. A wrong one ends the benchmark.</summary>
internal static class PaillierChecks
{
    /// <summary>Results looked at per contender and operation, spread over a run.</summary>
    private const int Samples = 5;

    /// <summary>Runs once with <paramref name="count"/> operations and looks at some of the results; where randomness enters, once more.</summary>
    /// <exception cref="InvalidOperationException">A result is wrong, or randomness is missing.</exception>
    public static void Verify(IPaillierContender contender, PaillierOperation operation, PaillierWork work, int count)
    {
        contender.Run(operation, count);
        int[] indices = [.. Enumerable.Range(0, Samples).Select(i => i * (count - 1) / (Samples - 1)).Distinct()];
        BigInteger[] results = [.. indices.Select(i => contender.ReadResult(operation, i))];
        using var oracle = new BigIntegerPaillier(work.Key);
        for (var i = 0; i < indices.Length; i++)
            if (!IsRight(operation, work, indices[i], results[i], oracle))
                throw new InvalidOperationException($"{contender.Name}, {operation}, {contender.Bits} bits: result {indices[i]} is wrong.");
        if (!IsRandomised(operation)) return;
        contender.Run(operation, count);
        if (indices.Where((index, i) => contender.ReadResult(operation, index) == results[i]).Any())
            throw new InvalidOperationException($"{contender.Name}, {operation}, {contender.Bits} bits: two runs have the same randomness.");
    }

    /// <summary>One row of a matrix product.</summary>
    public static BigInteger MatrixRow(PaillierOperation operation, PaillierWork work, int row)
    {
        var columns = PaillierWork.ColumnsOf(operation);
        var (product, divisor) = (BigInteger.One, BigInteger.One);
        for (var column = 0; column < columns; column++)
        {
            var entry = work.MatrixOf(operation)[(row * columns) + column];
            var power = BigInteger.ModPow(work.Ciphertexts[column], Math.Abs(entry), work.Key.NSquared);
            if (entry < 0) divisor = divisor * power % work.Key.NSquared;
            else product = product * power % work.Key.NSquared;
        }
        return product * Inverse(divisor, work.Key) % work.Key.NSquared;
    }

    private static bool IsRandomised(PaillierOperation operation) =>
        operation is PaillierOperation.Encrypt or PaillierOperation.EncryptAsOwner or PaillierOperation.Rerandomise;

    private static bool IsRight(PaillierOperation operation, PaillierWork work, int i, BigInteger result, BigIntegerPaillier oracle) => operation switch
    {
        PaillierOperation.Encrypt or PaillierOperation.EncryptAsOwner => result < work.Key.NSquared && oracle.Decrypt(result) == work.Plaintexts[i],
        PaillierOperation.Decrypt or PaillierOperation.DecryptConstantTime => result == oracle.Decrypt(work.Ciphertexts[i]),
        PaillierOperation.Add => result == work.Ciphertexts[i] * work.OtherCiphertexts[i] % work.Key.NSquared,
        PaillierOperation.Scale => result == BigInteger.ModPow(work.Ciphertexts[i], work.Scalars[i], work.Key.NSquared),
        PaillierOperation.Rerandomise => result != work.Ciphertexts[i] && result < work.Key.NSquared && oracle.Decrypt(result) == oracle.Decrypt(work.Ciphertexts[i]),
        _ => result == MatrixRow(operation, work, i),
    };

    /// <summary>Modulo n^2, by Euclid.</summary>
    private static BigInteger Inverse(BigInteger value, PaillierKey key)
    {
        if (value.IsOne) return value;
        var (a, b, x, y) = (key.NSquared, value, BigInteger.Zero, BigInteger.One);
        while (!b.IsZero)
        {
            var quotient = BigInteger.DivRem(a, b, out var rest);
            (a, b, x, y) = (b, rest, y, x - (quotient * y));
        }
        return x.Sign < 0 ? x + key.NSquared : x;
    }
}
