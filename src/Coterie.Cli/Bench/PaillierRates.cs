using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;

namespace Coterie.Cli.Bench;

/// <summary>How fast this machine computes under a Paillier key.</summary>
internal sealed class PaillierRates
{
    /// <summary>Ciphertexts of a batch: several blocks of every engine.</summary>
    private const int Batch = 64;

    /// <summary>Columns of the matrix whose product with an encrypted vector is measured.</summary>
    private const int Columns = 16;

    private const int EntryBits = 20;

    private readonly TimeProvider _time;
    private readonly TimeSpan _each;

    /// <summary>Measures each operation for about that long.</summary>
    public PaillierRates(TimeProvider time, TimeSpan each) => (_time, _each) = (time, each);

    /// <summary>One operation's result.</summary>
    /// <param name="Operation">What it is.</param>
    /// <param name="PerSecond">How many in a second: the best of the batches.</param>
    /// <param name="TableBytes">Memory of the tables it looks up; 0 for none that stay.</param>
    public sealed record Rate(string Operation, double PerSecond, long TableBytes);

    /// <summary>Makes a key of that size and measures everything under it.</summary>
    public IReadOnlyList<Rate> Measure(int bits, int threads, CancellationToken cancellationToken)
    {
        var rates = new List<Rate>();
        var (hardened, open) = (new PaillierOptions(true, threads), new PaillierOptions(false, threads));
        var begin = _time.GetTimestamp();
        using var secret = PaillierSecretKey.Generate(bits);
        rates.Add(new Rate("key generation", 1 / _time.GetElapsedTime(begin).TotalSeconds, 0));
        var key = secret.PublicKey;
        var random = CryptographicRandom.Instance;
        var plaintexts = Plaintexts.FromInt64(key, [.. Enumerable.Range(0, Batch).Select(i => (i - (Batch / 2)) * 1_000_003L)]);
        var ciphertexts = secret.Encrypt(plaintexts, random, hardened);
        long[] factors = [.. Enumerable.Range(0, Batch).Select(i => ((1L << 53) - 1 - i) * ((i & 1) == 0 ? 1 : -1))];
        long[] matrix = [.. Enumerable.Range(0, Batch * Columns).Select(i => ((i * 7919L) % (1L << EntryBits)) * ((i & 1) == 0 ? 1 : -1))];

        void Add(string operation, int count, long tableBytes, Action work)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rates.Add(new Rate(operation, count * BestOf(work), tableBytes));
        }
        Add("encrypt", Batch, key.TableBytes(hardened), () => key.Encrypt(plaintexts, random, hardened));
        Add("encrypt, tables not read whole", Batch, key.TableBytes(open), () => key.Encrypt(plaintexts, random, open));
        Add("encrypt, key owner", Batch, secret.TableBytes(hardened), () => secret.Encrypt(plaintexts, random, hardened));
        Add("decrypt", Batch, 0, () => secret.Decrypt(ciphertexts, hardened));
        Add("add", Batch, 0, () => key.Add(ciphertexts, ciphertexts, hardened));
        Add("times 53-bit number", Batch, 0, () => key.Scale(ciphertexts, factors, 53, hardened));
        var rerandomizer = new Rerandomizer(key, random, hardened);
        Add("re-randomise against key owner", Batch, rerandomizer.TableBytes, () => rerandomizer.Apply(ciphertexts));
        var product = new EncryptedProduct(ciphertexts.Head(Columns), EntryBits, Batch, hardened);
        Add("matrix times encrypted vector, entries of 20 bits", Batch * Columns, product.TableBytes, () => product.Multiply(matrix, Batch));
        return rates;
    }

    /// <summary>Batches per second, after one to warm up: the best of those that fit into the time, three at least.</summary>
    private double BestOf(Action work)
    {
        work();
        var (best, begin) = (TimeSpan.MaxValue, _time.GetTimestamp());
        for (var i = 0; i < 3 || _time.GetElapsedTime(begin) < _each; i++)
        {
            var start = _time.GetTimestamp();
            work();
            var took = _time.GetElapsedTime(start);
            if (took < best) best = took;
        }
        return 1 / best.TotalSeconds;
    }
}
