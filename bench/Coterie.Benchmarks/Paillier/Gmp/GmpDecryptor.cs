using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Decryption by CRT: m_p = L_p(c^(p-1) mod p^2) h_p mod p, the same for q, then both together.</summary>
internal sealed unsafe class GmpDecryptor(PaillierKey key, GmpForm form, bool constantTime) : IDisposable
{
    private readonly Half _p = new(key.P, key.Q, form, constantTime);
    private readonly Half _q = new(key.Q, key.P, form, constantTime);
    private readonly GmpCrt _crt = new(key.P, key.Q, BigInteger.ModPow(key.P, key.Q - 2, key.Q));
    private readonly Mpz _result = new(key.Bits / 32);

    /// <summary>Decrypts an ordinary number below n^2.</summary>
    public void Decrypt(ulong* plaintext, ulong* ciphertext)
    {
        var view = Mpz.View(ciphertext, key.Bits / 32);
        _crt.Combine(_result, _p.Decrypt(&view), _q.Decrypt(&view));
        _result.Get(plaintext, key.Bits / 64);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_p, _q, _crt, _result]) part.Dispose();
    }

    private sealed class Half : IDisposable
    {
        private readonly bool _constantTime;
        private readonly TwoDigitRing? _ring;
        private readonly int _width;
        private readonly ulong[] _exponentLimbs;
        private readonly Mpz _prime;
        private readonly Mpz _square;
        private readonly Mpz _exponent;
        private readonly Mpz _factor;
        private readonly Mpz _number;
        private readonly Limbs _residue;
        private readonly Limbs _power;

        public Half(BigInteger prime, BigInteger other, GmpForm form, bool constantTime)
        {
            _constantTime = constantTime;
            _ring = form == GmpForm.TwoDigits ? new TwoDigitRing(prime) : null;
            _width = (int)((prime.GetBitLength() + 63) / 64);
            using (var exponent = new Limbs(prime - 1, _width)) _exponentLimbs = new ReadOnlySpan<ulong>(exponent.Pointer, _width).ToArray();
            (_prime, _square, _exponent) = (new Mpz(prime), new Mpz(prime * prime), new Mpz(prime - 1));
            // (1 + n)^(p-1) = 1 + (p-1) n modulo p^2, so that L of it is -q modulo p.
            _factor = new Mpz(BigInteger.ModPow(prime - (other % prime), prime - 2, prime));
            _number = new Mpz(4 * _width);
            (_residue, _power) = (new Limbs(2 * _width), new Limbs(2 * _width));
        }

        public Mpz Decrypt(Mpz.Header* ciphertext)
        {
            Mpz.Remainder(_number, ciphertext, _square);
            if (_ring is null) LogarithmByPowm();
            else LogarithmByDigits(_ring);
            Mpz.Multiply(_number, _number, _factor);
            Mpz.Remainder(_number, _number, _prime);
            return _number;
        }

        public void Dispose()
        {
            foreach (var part in (IDisposable?[])[_ring, _prime, _square, _exponent, _factor, _number, _residue, _power]) part?.Dispose();
        }

        private void LogarithmByPowm()
        {
            if (_constantTime) Mpz.PowerConstantTime(_number, _number, _exponent, _square);
            else Mpz.Power(_number, _number, _exponent, _square);
            Mpz.SubtractSmall(_number, _number, 1);
            Mpz.DivideExactly(_number, _number, _prime);
        }

        private void LogarithmByDigits(TwoDigitRing ring)
        {
            _number.Get(_residue.Pointer, 2 * _width);
            ring.EnterNumber(_residue.Pointer, _residue.Pointer);
            ring.Power(_power.Pointer, _residue.Pointer, _exponentLimbs);
            ring.LeaveDigits(_residue.Pointer, _power.Pointer);
            _number.Set(_residue.Pointer + _width, _width);
        }
    }
}
