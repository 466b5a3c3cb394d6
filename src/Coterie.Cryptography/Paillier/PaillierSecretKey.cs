using System.Numerics;
using System.Runtime.InteropServices;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// A Paillier secret key: the factors p and q of n, with decryption and the owner's encryption modulo their squares (Paillier, EUROCRYPT 1999,
/// section 7). Nothing that depends on the factors or on plaintexts branches or chooses an address by them. Thread-safe.
/// </summary>
public sealed partial class PaillierSecretKey : IDisposable
{
    private readonly Half _p;
    private readonly Half _q;
    private readonly ulong[] _inverseOfQ;           // 1/q modulo p, a block of pairs modulo p^2
    private readonly ulong[] _inverseOfSquareOfQ;   // 1/q^2 modulo p^2, likewise
    private readonly ulong[] _squareOfQ;
    private volatile bool _isDisposed;

    internal PaillierSecretKey(PaillierPublicKey publicKey, ReadOnlySpan<ulong> p, ReadOnlySpan<ulong> q)
    {
        PublicKey = publicKey;
        (_p, _q) = (new Half(p, q, publicKey), new Half(q, p, publicKey));
        _squareOfQ = new ulong[2 * q.Length];
        LittleWords.MultiplyAdd(q, q, [], _squareOfQ);
        _inverseOfQ = _p.Invert(q);
        _inverseOfSquareOfQ = _p.Invert(_squareOfQ);
    }

    /// <summary>The public key.</summary>
    public PaillierPublicKey PublicKey { get; }

    internal ReadOnlySpan<ulong> P => _p.Engine.Modulus;

    internal ReadOnlySpan<ulong> Q => _q.Engine.Modulus;

    /// <summary>Bytes of the tables that the owner's encryption looks up.</summary>
    public long TableBytes(PaillierOptions? options = null) => _p.Table(options ?? PaillierOptions.Default).TableBytes + _q.Table(options ?? PaillierOptions.Default).TableBytes;

    /// <summary>Decrypts: numbers in [0, n).</summary>
    /// <exception cref="ArgumentException">Ciphertexts under another key.</exception>
    /// <remarks>
    /// Not checked for errors of the machine. A result that is wrong modulo one factor only gives that factor away to whoever is shown it and knows the right
    /// one, for example because it made the ciphertext (Boneh, DeMillo, Lipton, EUROCRYPT '97). What others are to see is for <see cref="Open"/>, which checks. What the owner keeps
    /// passes <see cref="Packing.Unpack"/>, which refuses it but for a negligible part of such errors, and says nothing of the number.
    /// </remarks>
    public Plaintexts Decrypt(Ciphertexts ciphertexts, PaillierOptions? options = null)
    {
        ThrowIfDisposed();
        PublicKey.Check(ciphertexts);
        var (engine, lanes) = (PublicKey.Engine, PublicKey.Engine.Lanes);
        var (words, half) = (PublicKey.Words, _p.Engine.Words);
        var result = new Plaintexts(ciphertexts.Count, words);
        Batches.Run(PublicKey.Blocks(ciphertexts.Count), (options ?? PaillierOptions.Default).Threads, (from, to) =>
        {
            var numbers = new ulong[2 * words * lanes];
            var (modP, modQ, product) = (new ulong[half * lanes], new ulong[half * lanes], new ulong[2 * half]);
            for (var i = from; i < to; i++)
            {
                engine.StorePairs(PublicKey.Block(ciphertexts.Blocks, i), numbers);
                _p.Decrypt(numbers, 2 * words, modP);
                _q.Decrypt(numbers, 2 * words, modQ);
                // m = m_q + q ((m_p - m_q) / q mod p)
                _p.Difference(modP, modQ, half, _inverseOfQ, isSquared: false, modP);
                for (var lane = 0; lane < Math.Min(lanes, ciphertexts.Count - (i * lanes)); lane++)
                {
                    LittleWords.MultiplyAdd(modP.AsSpan(lane * half, half), Q, modQ.AsSpan(lane * half, half), product);
                    product.AsSpan(0, words).CopyTo(result[(i * lanes) + lane]);
                }
            }
            foreach (var secret in new[] { modP, modQ, product }) LittleWords.Zero(secret);
        });
        return result;
    }

    /// <summary>Encrypts as anybody could, faster: the randomness' powers are taken modulo the squares of the factors.</summary>
    public Ciphertexts Encrypt(Plaintexts plaintexts, CryptographicRandom random, PaillierOptions? options = null)
    {
        ThrowIfDisposed();
        PublicKey.Check(plaintexts);
        ArgumentNullException.ThrowIfNull(random);
        return PublicKey.AddPlain(Noise(plaintexts.Count, random, options ?? PaillierOptions.Default), plaintexts, options);
    }

    /// <summary>Zeroes the factors and everything computed from them.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _p.Dispose();
        _q.Dispose();
        foreach (var secret in new[] { _inverseOfQ, _inverseOfSquareOfQ, _squareOfQ }) LittleWords.Zero(secret);
    }

    internal Ciphertexts Noise(int count, CryptographicRandom random, PaillierOptions options)
    {
        ThrowIfDisposed();
        var (engine, lanes, words) = (PublicKey.Engine, PublicKey.Engine.Lanes, PublicKey.Words);
        var exponentWords = (PublicKey.ExponentBits + 63) / 64;
        var blocks = PublicKey.Blocks(count);
        var exponents = new ulong[blocks * lanes * exponentWords];
        random.Fill(MemoryMarshal.AsBytes(exponents.AsSpan(0, count * exponentWords)));
        var (tableP, tableQ) = (_p.Table(options), _q.Table(options));
        var results = new ulong[blocks * engine.PairLength];
        Batches.Run(blocks, options.Threads, (from, to) =>
        {
            var (pairsP, pairsQ) = (new ulong[(to - from) * _p.Engine.PairLength], new ulong[(to - from) * _q.Engine.PairLength]);
            var mine = exponents.AsSpan(from * lanes * exponentWords, (to - from) * lanes * exponentWords);
            tableP.Raise(mine, exponentWords, pairsP);
            tableQ.Raise(mine, exponentWords, pairsQ);
            var (modP, modQ, whole) = (new ulong[words * lanes], new ulong[words * lanes], new ulong[2 * words * lanes]);
            for (var i = 0; i < to - from; i++)
            {
                _p.Engine.StorePairs(pairsP.AsSpan(i * _p.Engine.PairLength, _p.Engine.PairLength), modP);
                _q.Engine.StorePairs(pairsQ.AsSpan(i * _q.Engine.PairLength, _q.Engine.PairLength), modQ);
                // x = x_q + q^2 ((x_p - x_q) / q^2 mod p^2)
                _p.Difference(modP, modQ, words, _inverseOfSquareOfQ, isSquared: true, modP);
                for (var lane = 0; lane < lanes; lane++)
                    LittleWords.MultiplyAdd(modP.AsSpan(lane * words, words), _squareOfQ, modQ.AsSpan(lane * words, words), whole.AsSpan(2 * lane * words, 2 * words));
                engine.LoadPairs(whole, 2 * words, PublicKey.Block(results, from + i));
            }
            foreach (var secret in new[] { pairsP, pairsQ, modP, modQ }) LittleWords.Zero(secret);
        });
        LittleWords.Zero(exponents);
        return new Ciphertexts(PublicKey, count, results);
    }

    /// <summary>What is computed modulo one factor or its square.</summary>
    private sealed class Half : IDisposable
    {
        private readonly ulong[] _exponent;     // p - 1
        private readonly ulong[] _root;         // 1/n modulo p - 1
        private readonly ulong[] _logarithm;    // 1/L((1+n)^(p-1)) = -1/q modulo p, a block of pairs
        private readonly ulong[] _noise;
        private readonly Lazy<FixedBase> _hardened;
        private readonly Lazy<FixedBase> _open;
        private readonly int _bits;

        public Half(ReadOnlySpan<ulong> p, ReadOnlySpan<ulong> q, PaillierPublicKey publicKey)
        {
            Engine = ModularEngines.Create(p, publicKey.Kind);
            _bits = (64 * p.Length) - BitOperations.LeadingZeroCount(p[^1]);
            _exponent = p.ToArray();
            _exponent[0] -= 1;
            _root = SecretIntegers.RootExponent(p, q);
            var zero = new ulong[Engine.PairLength];
            _logarithm = Invert(q);
            Engine.SubtractSingles(zero, _logarithm, _logarithm);
            Engine.MultiplySingles(_logarithm, Engine.One, _logarithm);
            // h^n modulo p^2: the same base as everybody's
            _noise = Loaded(publicKey.Base);
            Powers.RaiseAll(Engine, _noise, publicKey.Modulus, publicKey.Bits, hardened: false, _noise);
            _hardened = new Lazy<FixedBase>(() => new FixedBase(Engine, _noise, publicKey.ExponentBits, PaillierPublicKey.HardenedWindow, 1, hardened: true));
            _open = new Lazy<FixedBase>(() => new FixedBase(Engine, _noise, publicKey.ExponentBits, PaillierPublicKey.OpenWindow, 1, hardened: false));
        }

        public ModularEngine Engine { get; }

        public FixedBase Table(PaillierOptions options) => (options.Hardened ? _hardened : _open).Value;

        /// <summary>m modulo p of each ciphertext: c^(p-1) = 1 + p L modulo p^2, and L times the logarithm of the generator's inverse.</summary>
        public void Decrypt(ReadOnlySpan<ulong> ciphertexts, int words, Span<ulong> plaintexts)
        {
            var (pairs, halves) = (new ulong[Engine.PairLength], new ulong[2 * Engine.Words * Engine.Lanes]);
            Engine.LoadPairs(ciphertexts, words, pairs);
            // All lanes take the same way through the table: p - 1 is what must not be read off it.
            Powers.RaiseAll(Engine, pairs, _exponent, _bits, hardened: true, pairs);
            Engine.StoreHalves(pairs, halves);
            for (var lane = 0; lane < Engine.Lanes; lane++)
                halves.AsSpan(((2 * lane) + 1) * Engine.Words, Engine.Words).CopyTo(plaintexts[(lane * Engine.Words)..]);
            Engine.LoadSingles(plaintexts, Engine.Words, pairs);
            Engine.MultiplySingles(pairs, _logarithm, pairs);
            Engine.StoreSingles(pairs, plaintexts);
            LittleWords.Zero(pairs);
            LittleWords.Zero(halves);
        }

        /// <summary>n-th roots modulo p, one a lane.</summary>
        public void TakeRoots(ReadOnlySpan<ulong> numbers, int words, Span<ulong> roots)
        {
            var singles = new ulong[Engine.SingleLength];
            Engine.LoadSingles(numbers, words, singles);
            SinglePowers.RaiseAll(Engine, singles, _root, hardened: true, singles);
            Engine.StoreSingles(singles, roots);
            LittleWords.Zero(singles);
        }

        /// <summary>Whether x^((p-1)/2) is 1 or -1 for a random x in each lane.</summary>
        public bool IsProbablyPrime()
        {
            var (numbers, singles, half) = (new ulong[Engine.Words * Engine.Lanes], new ulong[Engine.SingleLength], new ulong[Engine.Words]);
            CryptographicRandom.Instance.Fill(MemoryMarshal.AsBytes(numbers.AsSpan()));
            for (var i = 0; i < half.Length; i++) half[i] = (_exponent[i] >> 1) | (i + 1 < half.Length ? _exponent[i + 1] << 63 : 0);
            Engine.LoadSingles(numbers, Engine.Words, singles);
            SinglePowers.RaiseAll(Engine, singles, half, hardened: true, singles);
            Engine.StoreSingles(singles, numbers);
            var result = true;
            for (var lane = 0; lane < Engine.Lanes; lane++)
            {
                var power = numbers.AsSpan(lane * Engine.Words, Engine.Words);
                result &= power.SequenceEqual(_exponent) | (power[0] == 1 && !power[1..].ContainsAnyExcept(0UL));
            }
            foreach (var secret in new[] { numbers, singles, half }) LittleWords.Zero(secret);
            return result;
        }

        /// <summary>(x - y) times a factor, modulo p or p^2; x and y of so many words.</summary>
        public void Difference(ReadOnlySpan<ulong> x, ReadOnlySpan<ulong> y, int words, ReadOnlySpan<ulong> factor, bool isSquared, Span<ulong> result)
        {
            var (left, right) = (new ulong[Engine.PairLength], new ulong[Engine.PairLength]);
            if (isSquared)
            {
                Engine.LoadPairs(x, words, left);
                Engine.LoadPairs(y, words, right);
                Engine.SubtractPairs(left, right, left);
                Engine.MultiplyPairs(left, factor, left);
                Engine.StorePairs(left, result);
            }
            else
            {
                Engine.LoadSingles(x, words, left);
                Engine.LoadSingles(y, words, right);
                Engine.SubtractSingles(left, right, left);
                Engine.MultiplySingles(left, factor, left);
                Engine.StoreSingles(left, result);
            }
            LittleWords.Zero(left);
            LittleWords.Zero(right);
        }

        /// <summary>1/x modulo p^2, by Fermat's little theorem: x^(p^2 - p - 1) = x^(p (p-1) - 1).</summary>
        public ulong[] Invert(ReadOnlySpan<ulong> x)
        {
            var pairs = Loaded(x);
            var exponent = new ulong[2 * Engine.Words];
            LittleWords.MultiplyAdd(Engine.Modulus, _exponent, [], exponent);
            exponent[0] -= 1;       // p (p-1) is even and not zero
            Powers.RaiseAll(Engine, pairs, exponent, 2 * _bits, hardened: true, pairs);
            LittleWords.Zero(exponent);
            return pairs;
        }

        public void Dispose()
        {
            foreach (var secret in new[] { _exponent, _root, _logarithm, _noise }) LittleWords.Zero(secret);
            foreach (var table in new[] { _hardened, _open }.Where(t => t.IsValueCreated)) table.Value.Dispose();
            Engine.Dispose();
        }

        private ulong[] Loaded(ReadOnlySpan<ulong> x)
        {
            var (numbers, pairs) = (new ulong[x.Length * Engine.Lanes], new ulong[Engine.PairLength]);
            for (var lane = 0; lane < Engine.Lanes; lane++) x.CopyTo(numbers.AsSpan(lane * x.Length));
            Engine.LoadPairs(numbers, x.Length, pairs);
            LittleWords.Zero(numbers);
            return pairs;
        }
    }
}
