using System.Numerics;
using System.Security.Cryptography;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Paillier as a C programmer has it with GMP, called directly: no allocation in loops, fixed-base tables with windows of 8 bits, CRT.</summary>
internal sealed unsafe class GmpPaillier : IPaillierContender
{
    /// <summary>Operations between two looks at the clock.</summary>
    private const int Batch = 16;

    private readonly PaillierKey _key;
    private readonly GmpRing _ring;
    private readonly int _width;
    private readonly Dictionary<PaillierOperation, Prepared> _tasks = [];
    private readonly List<IDisposable> _owned = [];

    public GmpPaillier(PaillierKey key, GmpForm form)
    {
        GmpLibrary.Require();
        (_key, Form) = (key, form);
        _width = key.Bits / 32;
        _ring = Own(form.RingModuloSquare(key.N));
    }

    public string Name => Form switch
    {
        GmpForm.Plain => "GMP, product and division",
        GmpForm.Montgomery => "GMP, Montgomery",
        _ => "GMP, two digits",
    };

    public int Bits => _key.Bits;

    public GmpForm Form { get; }

    public bool Offers(PaillierOperation operation) => operation switch
    {
        // mpz_powm computes in Montgomery's form already.
        PaillierOperation.Decrypt => Form is GmpForm.Plain or GmpForm.TwoDigits,
        PaillierOperation.DecryptConstantTime or PaillierOperation.MatrixByEntries => Form == GmpForm.Plain,
        _ => true,
    };

    public int BatchOf(PaillierOperation operation) => operation switch
    {
        PaillierOperation.SmallMatrix or PaillierOperation.LargeMatrix => int.MaxValue,   // tables are shared by all rows
        PaillierOperation.Add => PaillierWork.Count,
        _ => Batch,
    };

    public void Prepare(PaillierOperation operation, PaillierWork work) => _tasks[operation] = operation switch
    {
        PaillierOperation.Encrypt => Encryption(work, asOwner: false),
        PaillierOperation.EncryptAsOwner => Encryption(work, asOwner: true),
        PaillierOperation.Decrypt => Decryption(work, constantTime: false),
        PaillierOperation.DecryptConstantTime => Decryption(work, constantTime: true),
        PaillierOperation.Add => Addition(work),
        PaillierOperation.Scale => Form == GmpForm.Plain ? ScalingByPowm(work) : Scaling(work),
        PaillierOperation.Rerandomise => Rerandomisation(work),
        PaillierOperation.MatrixByEntries => MatrixByEntries(work),
        _ => Matrix(operation, work),
    };

    public void Run(PaillierOperation operation, int count) => _tasks[operation].Run(count);

    public BigInteger ReadResult(PaillierOperation operation, int index) => _tasks[operation].Read(index);

    public long TableBytes(PaillierOperation operation) => _tasks[operation].TableBytes;

    public void Dispose() => _owned.ForEach(o => o.Dispose());

    private T Own<T>(T value)
        where T : IDisposable
    {
        _owned.Add(value);
        return value;
    }

    private Limbs Numbers(IReadOnlyList<BigInteger> values, int width)
    {
        var limbs = Own(new Limbs(width, values.Count));
        for (var i = 0; i < values.Count; i++) Limbs.Write(limbs[i], values[i], width);
        return limbs;
    }

    private Limbs Residues(IReadOnlyList<BigInteger> values)
    {
        var limbs = Own(new Limbs(_width, values.Count));
        for (var i = 0; i < values.Count; i++) _ring.Enter(limbs[i], values[i]);
        return limbs;
    }

    private Prepared Encryption(PaillierWork work, bool asOwner)
    {
        var encryptor = Own(new GmpEncryptor(_key, Form, asOwner));
        var exponent = RandomNumberGenerator.GetBytes(_key.ShortExponentBytes);
        if (encryptor.RandomiserOf(exponent) != BigInteger.ModPow(_key.HS, new BigInteger(exponent, isUnsigned: true), _key.NSquared))
            throw new InvalidOperationException($"{Name}: a power from the fixed-base table is wrong.");
        var plain = Numbers(work.Plaintexts, _width / 2);
        var results = Own(new Limbs(_width, PaillierWork.Count));
        return new Prepared(count =>
        {
            for (var i = 0; i < count; i++) encryptor.Encrypt(results[i], plain[i]);
        }, i => Limbs.Read(results[i], _width), encryptor.TableBytes);
    }

    private Prepared Decryption(PaillierWork work, bool constantTime)
    {
        var decryptor = Own(new GmpDecryptor(_key, Form, constantTime));
        var ciphertexts = Numbers(work.Ciphertexts, _width);
        var results = Own(new Limbs(_width / 2, PaillierWork.Count));
        return new Prepared(count =>
        {
            for (var i = 0; i < count; i++) decryptor.Decrypt(results[i], ciphertexts[i]);
        }, i => Limbs.Read(results[i], _width / 2));
    }

    private Prepared Addition(PaillierWork work)
    {
        var (left, right, results) = (Residues(work.Ciphertexts), Residues(work.OtherCiphertexts), Own(new Limbs(_width, PaillierWork.Count)));
        return new Prepared(count =>
        {
            for (var i = 0; i < count; i++) _ring.Multiply(results[i], left[i], right[i]);
        }, i => _ring.Read(results[i]));
    }

    private Prepared Scaling(PaillierWork work)
    {
        var (ciphertexts, results) = (Residues(work.Ciphertexts), Own(new Limbs(_width, PaillierWork.Count)));
        return new Prepared(count =>
        {
            for (var i = 0; i < count; i++) _ring.Power(results[i], ciphertexts[i], new ReadOnlySpan<ulong>(in work.Scalars[i]));
        }, i => _ring.Read(results[i]));
    }

    private Prepared ScalingByPowm(PaillierWork work)
    {
        var (ciphertexts, results) = (Numbers(work.Ciphertexts, _width), Own(new Limbs(_width, PaillierWork.Count)));
        var (modulus, exponent, power) = (Own(new Mpz(_key.NSquared)), Own(new Mpz(1)), Own(new Mpz(2 * _width)));
        return new Prepared(count =>
        {
            for (var i = 0; i < count; i++)
            {
                var view = Mpz.View(ciphertexts[i], _width);
                Mpz.SetSmall(exponent, work.Scalars[i]);
                Mpz.Power(power, &view, exponent, modulus);
                power.Get(results[i], _width);
            }
        }, i => Limbs.Read(results[i], _width));
    }

    private Prepared Rerandomisation(PaillierWork work)
    {
        var table = Own(new GmpFixedBase(_ring, _key.EvaluatorBase, _key.LongExponentBytes));
        var (ciphertexts, results) = (Residues(work.Ciphertexts), Own(new Limbs(_width, PaillierWork.Count)));
        var exponent = new byte[_key.LongExponentBytes];
        return new Prepared(count =>
        {
            for (var i = 0; i < count; i++)
            {
                RandomNumberGenerator.Fill(exponent);
                Limbs.Copy(results[i], ciphertexts[i], _width);
                table.MultiplyPower(results[i], exponent);
            }
        }, i => _ring.Read(results[i]), table.Bytes);
    }

    /// <summary>An exponentiation and a product for each entry; inverses once per column.</summary>
    private Prepared MatrixByEntries(PaillierWork work)
    {
        const PaillierOperation Operation = PaillierOperation.MatrixByEntries;
        var columns = PaillierWork.ColumnsOf(Operation);
        var vector = Numbers(work.Ciphertexts[..columns], _width);
        var results = Own(new Limbs(_width, work.CountOf(Operation)));
        Mpz[] inverses = [.. Enumerable.Range(0, columns).Select(_ => Own(new Mpz(2 * _width)))];
        var (modulus, exponent, power, product) = (Own(new Mpz(_key.NSquared)), Own(new Mpz(1)), Own(new Mpz(2 * _width)), Own(new Mpz(2 * _width)));
        return new Prepared(rows =>
        {
            for (var column = 0; column < columns; column++)
            {
                var view = Mpz.View(vector[column], _width);
                if (Mpz.Invert(inverses[column], &view, modulus) == 0) throw new InvalidOperationException("A ciphertext has no inverse.");
            }
            for (var row = 0; row < rows; row++)
            {
                Mpz.SetSmall(product, 1);
                for (var column = 0; column < columns; column++)
                {
                    var entry = work.SmallMatrix[(row * columns) + column];
                    var view = Mpz.View(vector[column], _width);
                    Mpz.SetSmall(exponent, (ulong)Math.Abs(entry));
                    Mpz.Power(power, entry < 0 ? inverses[column] : &view, exponent, modulus);
                    Mpz.Multiply(product, product, power);
                    Mpz.Remainder(product, product, modulus);
                }
                product.Get(results[row], _width);
            }
        }, i => Limbs.Read(results[i], _width));
    }

    private Prepared Matrix(PaillierOperation operation, PaillierWork work)
    {
        var (columns, rows, matrix) = (PaillierWork.ColumnsOf(operation), work.CountOf(operation), work.MatrixOf(operation));
        var product = Own(new GmpMatrixProduct(_ring, rows, columns));
        var (vector, results) = (Residues(work.Ciphertexts[..columns]), Own(new Limbs(_width, rows)));
        return new Prepared(
            count => product.Multiply(results, matrix.AsSpan(0, count * columns), vector),
            i => _ring.Read(results[i]),
            product.Bytes);
    }

    private sealed record Prepared(Action<int> Run, Func<int, BigInteger> Read, long TableBytes = 0);
}
