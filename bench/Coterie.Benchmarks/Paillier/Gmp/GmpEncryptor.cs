using System.Numerics;
using System.Security.Cryptography;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Encryption with short exponents: c = (1 + m n) h_s^x mod n^2, with the public key or, by CRT, with the factors.</summary>
internal sealed unsafe class GmpEncryptor : IDisposable
{
    private readonly PaillierKey _key;
    private readonly GmpRing[] _rings;
    private readonly GmpFixedBase[] _bases;
    private readonly Limbs[] _powers;
    private readonly Limbs _number;
    private readonly GmpCrt? _crt;
    private readonly Mpz _p;
    private readonly Mpz _q;
    private readonly Mpz _randomiser;
    private readonly Mpz _message;
    private readonly Mpz _n;
    private readonly Mpz _nSquared;

    public GmpEncryptor(PaillierKey key, GmpForm form, bool asOwner)
    {
        _key = key;
        BigInteger[] roots = asOwner ? [key.P, key.Q] : [key.N];
        _rings = [.. roots.Select(r => form.RingModuloSquare(r))];
        // The group of n-th residues modulo p^2 has p - 1 elements: an exponent of |n|/2 bits is as short as a reduced one.
        _bases = [.. _rings.Select(r => new GmpFixedBase(r, key.HS, key.ShortExponentBytes))];
        _powers = [.. _rings.Select(r => new Limbs(r.Width))];
        var width = key.Bits / 32;
        _number = new Limbs(width);
        if (asOwner) _crt = new GmpCrt(key.P * key.P, key.Q * key.Q, BigInteger.ModPow(key.P * key.P, (key.Q * (key.Q - 1)) - 1, key.Q * key.Q));
        (_p, _q, _randomiser, _message) = (new Mpz(width), new Mpz(width), new Mpz(2 * width), new Mpz(2 * width));
        (_n, _nSquared) = (new Mpz(key.N), new Mpz(key.NSquared));
    }

    public long TableBytes => _bases.Sum(b => b.Bytes);

    /// <summary>Encrypts a number below n to an ordinary number below n^2.</summary>
    public void Encrypt(ulong* ciphertext, ulong* plaintext)
    {
        Span<byte> exponent = stackalloc byte[_key.ShortExponentBytes];
        RandomNumberGenerator.Fill(exponent);
        Power(exponent);
        Attach(ciphertext, plaintext);
    }

    /// <summary>h_s to the power of a given exponent, for checks.</summary>
    public BigInteger RandomiserOf(ReadOnlySpan<byte> exponent)
    {
        Power(exponent);
        _randomiser.Get(_number.Pointer, _key.Bits / 32);
        return Limbs.Read(_number.Pointer, _key.Bits / 32);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable?[])[.. _rings, .. _bases, .. _powers, _number, _crt, _p, _q, _randomiser, _message, _n, _nSquared]) part?.Dispose();
    }

    private void Power(ReadOnlySpan<byte> exponent)
    {
        if (_crt is null)
        {
            Power(0, exponent, _randomiser);
            return;
        }
        Power(0, exponent, _p);
        Power(1, exponent, _q);
        _crt.Combine(_randomiser, _p, _q);
    }

    private void Power(int index, ReadOnlySpan<byte> exponent, Mpz result)
    {
        _bases[index].Power(_powers[index].Pointer, exponent);
        _rings[index].Leave(_number.Pointer, _powers[index].Pointer);
        result.Set(_number.Pointer, _rings[index].Width);
    }

    /// <summary>(1 + m n) r = r + n (m r mod n), less n^2 where that is reached: products of half the size.</summary>
    private void Attach(ulong* ciphertext, ulong* plaintext)
    {
        var message = Mpz.View(plaintext, _key.Bits / 64);
        Mpz.Remainder(_message, _randomiser, _n);
        Mpz.Multiply(_message, _message, &message);
        Mpz.Remainder(_message, _message, _n);
        Mpz.Multiply(_message, _message, _n);
        Mpz.Add(_message, _message, _randomiser);
        if (Mpz.Compare(_message, _nSquared) >= 0) Mpz.Subtract(_message, _message, _nSquared);
        _message.Get(ciphertext, _key.Bits / 32);
    }
}
