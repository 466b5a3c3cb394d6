using System.Numerics;
using System.Security.Cryptography;

namespace Coterie.Benchmarks.Paillier;

/// <summary>The framework's <c>BigInteger.ModPow</c>: what a C# programmer has without a library. The same exponents as the others, no tables.</summary>
internal sealed class BigIntegerPaillier(PaillierKey key) : IPaillierContender
{
    private readonly Dictionary<PaillierOperation, BigInteger[]> _results = [];
    private readonly BigInteger _inverseOfP = BigInteger.ModPow(key.P, key.Q - 2, key.Q);
    private PaillierWork? _work;

    public string Name => ".NET BigInteger.ModPow";

    public int Bits => key.Bits;

    public bool Offers(PaillierOperation operation) =>
        operation is not (PaillierOperation.DecryptConstantTime or PaillierOperation.EncryptAsOwner or PaillierOperation.SmallMatrix or PaillierOperation.LargeMatrix);

    public int BatchOf(PaillierOperation operation) => operation == PaillierOperation.Add ? PaillierWork.Count : 1;

    public void Prepare(PaillierOperation operation, PaillierWork work) => (_work, _results[operation]) = (work, new BigInteger[work.CountOf(operation)]);

    public void Run(PaillierOperation operation, int count)
    {
        var work = _work ?? throw new InvalidOperationException("Prepare comes first.");
        for (var i = 0; i < count; i++) _results[operation][i] = One(operation, work, i);
    }

    public BigInteger ReadResult(PaillierOperation operation, int index) => _results[operation][index];

    public long TableBytes(PaillierOperation operation) => 0;

    public void Dispose()
    {
    }

    /// <summary>Decrypts with the factors; the measure by which other contenders are checked too.</summary>
    public BigInteger Decrypt(BigInteger ciphertext)
    {
        var (p, q) = (Residue(key.P, key.Q), Residue(key.Q, key.P));
        var difference = (q - p) * _inverseOfP % key.Q;
        return p + (key.P * (difference.Sign < 0 ? difference + key.Q : difference));

        BigInteger Residue(BigInteger prime, BigInteger other)
        {
            var power = BigInteger.ModPow(ciphertext % (prime * prime), prime - 1, prime * prime);
            return (power - 1) / prime * BigInteger.ModPow(prime - (other % prime), prime - 2, prime) % prime;
        }
    }

    private BigInteger One(PaillierOperation operation, PaillierWork work, int i) => operation switch
    {
        PaillierOperation.Encrypt => (1 + (work.Plaintexts[i] * key.N)) * Randomiser(key.HS, key.ShortExponentBytes) % key.NSquared,
        PaillierOperation.Decrypt => Decrypt(work.Ciphertexts[i]),
        PaillierOperation.Add => work.Ciphertexts[i] * work.OtherCiphertexts[i] % key.NSquared,
        PaillierOperation.Scale => BigInteger.ModPow(work.Ciphertexts[i], work.Scalars[i], key.NSquared),
        PaillierOperation.Rerandomise => work.Ciphertexts[i] * Randomiser(key.EvaluatorBase, key.LongExponentBytes) % key.NSquared,
        _ => PaillierChecks.MatrixRow(operation, work, i),
    };

    private BigInteger Randomiser(BigInteger value, int exponentBytes) =>
        BigInteger.ModPow(value, new BigInteger(RandomNumberGenerator.GetBytes(exponentBytes), isUnsigned: true), key.NSquared);
}
