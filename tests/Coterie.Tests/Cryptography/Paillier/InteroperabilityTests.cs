using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coterie.Cryptography.Paillier;
using Coterie.Testing;
using static Coterie.Tests.Cryptography.Paillier.TestKeys;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>
/// Values of python-paillier 1.5.0 under known keys: ciphertexts agree to the last bit. Its numbers are a mantissa times a power of 16, the
/// exponent in clear; ours carry a public scale instead, so that the exponents are this test's business.
/// </summary>
public sealed class InteroperabilityTests
{
    private static readonly JsonElement Vectors = References.Present ? References.Results("paillier.json") : default;

    [ReferenceFact]
    public void SmallPrimes_EveryOperation_AgreesExactly()
    {
        foreach (var vector in Vectors.GetProperty("small_primes").EnumerateArray())
        {
            using var key = InsecurePaillierKeys.FromPrimes(Number(vector, "p"), Number(vector, "q"));
            var open = key.PublicKey;
            Assert.Equal(Number(vector, "n"), Integer(open.Modulus));
            var rows = vector.GetProperty("encryptions").EnumerateArray().ToArray();
            var (messages, randomness) = (Residues(open, [.. rows.Select(r => Number(r, "m"))]), Residues(open, [.. rows.Select(r => Number(r, "r"))]));
            var ciphertexts = open.EncryptWith(messages, randomness);
            Assert.Equal(rows.Select(r => Number(r, "c")), Numbers(ciphertexts));
            Assert.True(key.Decrypt(ciphertexts).Words.SequenceEqual(messages.Words));
            Assert.True(key.Open(ciphertexts, []).Randomness.Words.SequenceEqual(randomness.Words));

            var (add, scalar, negate) = (vector.GetProperty("add"), vector.GetProperty("scalar_mul"), vector.GetProperty("negate"));
            var sum = open.Add(Read(open, Number(add, "c1")), Read(open, Number(add, "c2")));
            AssertIs(Number(add, "product_mod_n2"), Number(add, "plaintext"), sum, key);
            AssertIs(Number(scalar, "result"), Number(scalar, "plaintext"), open.Scale(Read(open, Number(scalar, "c")), [(long)Number(scalar, "k")]), key);
            AssertIs(Number(negate, "inverse"), Number(negate, "plaintext"), open.Scale(Read(open, Number(negate, "c")), [-1]), key);
        }
    }

    [ReferenceFact]
    public void TwoThousandBits_EveryEncryption_AgreesExactlyAndDecrypts()
    {
        var (key, rows) = (Known.Value, Rows);
        var (messages, randomness) = (Residues(key.PublicKey, [.. rows.Select(r => Number(r, "encoding"))]), Residues(key.PublicKey, [.. rows.Select(r => Number(r, "r"))]));
        var ciphertexts = key.PublicKey.EncryptWith(messages, randomness);
        Assert.Equal(rows.Select(r => Number(r, "ciphertext")), Numbers(ciphertexts));
        var decrypted = key.Decrypt(ciphertexts);
        for (var i = 0; i < rows.Length; i++) Assert.Equal(Number(rows[i], "mantissa"), decrypted.ToBigInteger(key.PublicKey, i));
        Assert.True(key.Open(ciphertexts, []).Randomness.Words.SequenceEqual(randomness.Words));
    }

    [ReferenceFact]
    public void TwoThousandBits_EveryOperation_AgreesExactly()
    {
        var (key, checkedOperations) = (Known.Value, 0);
        foreach (var operation in Vector.GetProperty("operations").EnumerateArray())
        {
            var name = operation.GetProperty("op").GetString()!;
            if (Regex.Match(name, @"^row(?<left>\d+)(?<sign>[-+*/])(?<row>row)?(?<right>-?[\d.]+)$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is not { Success: true } parts) continue;
            var left = Row(int.Parse(parts.Groups["left"].Value, CultureInfo.InvariantCulture));
            var right = double.Parse(parts.Groups["right"].Value, CultureInfo.InvariantCulture);
            var result = parts.Groups["sign"].Value switch
            {
                "+" when parts.Groups["row"].Success => Add(left, Row((int)right)),
                "-" when parts.Groups["row"].Success => Add(left, Times(Row((int)right), -1, 0)),
                "+" => AddPlain(left, right),
                "-" => AddPlain(left, -right),
                "*" => Times(left, right),
                _ => Times(left, 1 / right),
            };
            Assert.Equal(operation.GetProperty("exponent").GetInt32(), result.Exponent);
            Assert.Equal(Number(operation, "ciphertext"), Numbers(result.Value)[0]);
            var mantissa = key.Decrypt(result.Value).ToBigInteger(key.PublicKey, 0);
            Assert.Equal(double.Parse(operation.GetProperty("decrypted").GetString()!, CultureInfo.InvariantCulture), (double)mantissa * Math.Pow(16, result.Exponent), 1e-12);
            checkedOperations++;
        }
        Assert.Equal(9, checkedOperations);
    }

    [ReferenceFact]
    public void TwoThousandBits_EncryptedDotProduct_AgreesExactly()
    {
        var (key, vector) = (Known.Value, Vector.GetProperty("encrypted_dot_product"));
        var total = vector.GetProperty("x").EnumerateArray().Zip(vector.GetProperty("w").EnumerateArray(), (x, w) =>
        {
            var encrypted = key.PublicKey.EncryptWith(Plaintexts.FromInt64(key.PublicKey, [Encode(Real(w.GetProperty("w"))).Mantissa]), Residues(key.PublicKey, Number(w, "r")));
            Assert.Equal(Number(w, "ciphertext"), Numbers(encrypted)[0]);
            return Times((encrypted, w.GetProperty("exponent").GetInt32()), Real(x));
        }).Aggregate(Add);
        Assert.Equal(vector.GetProperty("result_exponent").ToString(), total.Exponent.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(Number(vector, "result_ciphertext"), Numbers(total.Value)[0]);
        Assert.Equal(Real(vector.GetProperty("plain")), (double)key.Decrypt(total.Value).ToBigInteger(key.PublicKey, 0) * Math.Pow(16, total.Exponent), 1e-12);
    }

    private static JsonElement Vector => Vectors.GetProperty("keys").GetProperty("2048");

    private static JsonElement[] Rows => [.. Vector.GetProperty("encryptions").EnumerateArray()];

    private static readonly Lazy<PaillierSecretKey> Known = new(() => InsecurePaillierKeys.FromPrimes(Number(Vector, "p"), Number(Vector, "q")));

    private static (Ciphertexts Value, int Exponent) Row(int index) => (Read(Known.Value.PublicKey, Number(Rows[index], "ciphertext")), Rows[index].GetProperty("exponent").GetInt32());

    private static (Ciphertexts Value, int Exponent) Add((Ciphertexts Value, int Exponent) x, (Ciphertexts Value, int Exponent) y)
    {
        var exponent = Math.Min(x.Exponent, y.Exponent);
        return (Known.Value.PublicKey.Add(Lower(x, exponent), Lower(y, exponent)), exponent);
    }

    private static Ciphertexts Lower((Ciphertexts Value, int Exponent) x, int exponent) =>
        x.Exponent == exponent ? x.Value : Known.Value.PublicKey.Scale(x.Value, [1L << (4 * (x.Exponent - exponent))], 60);

    private static (Ciphertexts Value, int Exponent) AddPlain((Ciphertexts Value, int Exponent) x, double y) =>
        (Known.Value.PublicKey.AddPlain(x.Value, Plaintexts.FromInt64(Known.Value.PublicKey, [checked((long)(y * Math.Pow(16, -x.Exponent)))])), x.Exponent);

    private static (Ciphertexts Value, int Exponent) Times((Ciphertexts Value, int Exponent) x, double factor)
    {
        var (mantissa, exponent) = factor == Math.Floor(factor) ? ((long)factor, 0) : Encode(factor);
        return Times(x, mantissa, exponent);
    }

    private static (Ciphertexts Value, int Exponent) Times((Ciphertexts Value, int Exponent) x, long mantissa, int exponent) =>
        (Known.Value.PublicKey.Scale(x.Value, [mantissa], 60), x.Exponent + exponent);

    private static (long Mantissa, int Exponent) Encode(double x)
    {
        var exponent = (int)Math.Floor((Math.ILogB(x) + 1 - 53) / 4.0);
        return ((long)(x * Math.Pow(16, -exponent)), exponent);
    }

    private static double Real(JsonElement element) => double.Parse(element.ToString(), CultureInfo.InvariantCulture);

    private static BigInteger Number(JsonElement element, string name) => BigInteger.Parse(element.GetProperty(name).ToString(), CultureInfo.InvariantCulture);

    private static void AssertIs(BigInteger ciphertext, BigInteger plaintext, Ciphertexts found, PaillierSecretKey key)
    {
        Assert.Equal(ciphertext, Numbers(found)[0]);
        Assert.Equal(plaintext, Integer(key.Decrypt(found)[0]));
    }
}
