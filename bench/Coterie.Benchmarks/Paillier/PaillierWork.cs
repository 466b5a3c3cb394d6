using System.Numerics;
using System.Security.Cryptography;

namespace Coterie.Benchmarks.Paillier;

/// <summary>Inputs that all contenders share. Ciphertexts are random units, which is what ciphertexts look like.</summary>
internal sealed class PaillierWork
{
    /// <summary>Of a matrix entry, sign included.</summary>
    public const int EntryBits = 20;

    /// <summary>Of a scalar.</summary>
    public const int ScalarBits = 53;

    /// <summary>Numbers of each kind: enough for a batch of any engine.</summary>
    public const int Count = 256;

    private const int LargeColumns = 100;

    public PaillierWork(PaillierKey key)
    {
        Key = key;
        Plaintexts = [.. Many(() => PaillierKey.RandomBelow(key.N))];
        Ciphertexts = [.. Many(() => PaillierKey.RandomBelow(key.NSquared))];
        OtherCiphertexts = [.. Many(() => PaillierKey.RandomBelow(key.NSquared))];
        Scalars = [.. Many(() => (ulong)PaillierKey.RandomBelow(BigInteger.One << ScalarBits) | (1UL << (ScalarBits - 1)))];
        SmallMatrix = Matrix(442, 10);
        LargeMatrix = Matrix(1_000, LargeColumns);
    }

    public PaillierKey Key { get; }

    /// <summary>Uniform below n.</summary>
    public BigInteger[] Plaintexts { get; }

    /// <summary>Uniform below n^2; the first ones are the vector of a matrix product.</summary>
    public BigInteger[] Ciphertexts { get; }

    /// <summary>Second operands.</summary>
    public BigInteger[] OtherCiphertexts { get; }

    /// <summary>Positive, with exactly 53 bits.</summary>
    public ulong[] Scalars { get; }

    /// <summary>442 x 10, row by row, entries from -2^19 up to 2^19 - 1.</summary>
    public int[] SmallMatrix { get; }

    /// <summary>1,000 x 100 likewise.</summary>
    public int[] LargeMatrix { get; }

    /// <summary>Whether the operation is a matrix product.</summary>
    public static bool IsMatrix(PaillierOperation operation) => ColumnsOf(operation) != 1;

    /// <summary>Columns of an operation's matrix; 1 where there is none.</summary>
    public static int ColumnsOf(PaillierOperation operation) => operation switch
    {
        PaillierOperation.MatrixByEntries or PaillierOperation.SmallMatrix => 10,
        PaillierOperation.LargeMatrix => LargeColumns,
        _ => 1,
    };

    /// <summary>The matrix of an operation.</summary>
    public int[] MatrixOf(PaillierOperation operation) => operation == PaillierOperation.LargeMatrix ? LargeMatrix : SmallMatrix;

    /// <summary>Operations there is work for; rows of a matrix.</summary>
    public int CountOf(PaillierOperation operation) => IsMatrix(operation) ? MatrixOf(operation).Length / ColumnsOf(operation) : Count;

    private static IEnumerable<T> Many<T>(Func<T> one) => Enumerable.Range(0, Count).Select(_ => one());

    private static int[] Matrix(int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(_ => RandomNumberGenerator.GetInt32(-(1 << (EntryBits - 1)), 1 << (EntryBits - 1)))];
}
