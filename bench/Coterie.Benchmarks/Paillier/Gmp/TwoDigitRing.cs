using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>
/// Residues modulo N^2 as two digits in base N, the whole in Montgomery's form with R = 2^(64 k) of N's own k limbs: x R = a + b N.
/// (a + b N)(c + d N) = a c + (a d + b c) N, since N^2 vanishes. With u = a c / N mod R and a c - u N = R v that is R v + (a d + b c + u) N, hence
/// divided by R: v + ((a d + b c + u) / R mod N) N. Three products and two reductions of k limbs where the ordinary way has a product
/// and a reduction of 2k limbs, that is eight such units (with Karatsuba's product seven); a square takes two products.
/// </summary>
internal sealed unsafe class TwoDigitRing(BigInteger digit) : GmpRing(digit * digit, 2 * WidthOf(digit))
{
    private readonly int _half = WidthOf(digit);
    private readonly Redc _redc = new(digit, WidthOf(digit));
    private readonly Limbs _low = new(2 * WidthOf(digit));
    private readonly Limbs _cross = new(2 * WidthOf(digit));
    private readonly Limbs _other = new(2 * WidthOf(digit));
    private readonly Limbs _quotient = new(WidthOf(digit) + 1);
    private readonly Limbs _digits = new(2 * WidthOf(digit));
    private readonly Limbs _entry = new(2 * WidthOf(digit));
    private bool _hasEntry;

    public override void Multiply(ulong* product, ulong* left, ulong* right)
    {
        Mpn.Multiply(_low.Pointer, left, right, _half);
        Mpn.Multiply(_cross.Pointer, left, right + _half, _half);
        Mpn.Multiply(_other.Pointer, left + _half, right, _half);
        Finish(product, Mpn.Add(_cross.Pointer, _cross.Pointer, _other.Pointer, 2 * _half));
    }

    public override void Square(ulong* product, ulong* value)
    {
        Mpn.Square(_low.Pointer, value, _half);
        Mpn.Multiply(_cross.Pointer, value, value + _half, _half);
        Finish(product, Mpn.ShiftLeft(_cross.Pointer, _cross.Pointer, 2 * _half, 1));
    }

    public override void Enter(ulong* residue, BigInteger value)
    {
        var (b, a) = BigInteger.DivRem(value * _redc.R % Modulus, digit);
        Limbs.Write(residue, a, _half);
        Limbs.Write(residue + _half, b, _half);
    }

    /// <summary>Into the form, quickly: the digits by a division, then a product with R^2.</summary>
    public void EnterNumber(ulong* residue, ulong* number)
    {
        if (!_hasEntry) Enter(_entry.Pointer, _redc.R % Modulus);
        _hasEntry = true;
        Mpn.Divide(_quotient.Pointer, _digits.Pointer, 0, number, 2 * _half, _redc.Modulus, _half);
        Limbs.Copy(_digits.Pointer + _half, _quotient.Pointer, _half);
        Multiply(residue, _digits.Pointer, _entry.Pointer);
    }

    public override void Leave(ulong* number, ulong* residue)
    {
        LeaveDigits(number, residue);
        Mpn.Multiply(_other.Pointer, number + _half, _redc.Modulus, _half);
        new Span<ulong>(number + _half, _half).Clear();
        Mpn.Add(number, number, _other.Pointer, 2 * _half);
    }

    /// <summary>The digits of the ordinary number: of 1 + L N the upper one is L.</summary>
    public void LeaveDigits(ulong* digits, ulong* residue)
    {
        // A product with 1, which is not in the form and therefore takes it away.
        Limbs.Copy(_low.Pointer, residue, _half);
        new Span<ulong>(_low.Pointer + _half, _half).Clear();
        Limbs.Copy(_cross.Pointer, residue + _half, _half);
        new Span<ulong>(_cross.Pointer + _half, _half).Clear();
        Finish(digits, 0);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        foreach (var part in (IDisposable[])[_redc, _low, _cross, _other, _quotient, _digits, _entry]) part.Dispose();
    }

    /// <summary>From a c in _low, a d + b c in _cross and its carry.</summary>
    private void Finish(ulong* result, ulong carry)
    {
        var n = _redc.Modulus;
        var low = _low.Pointer;
        var cross = _cross.Pointer;
        var u = _quotient.Pointer;

        Mpn.MultiplyLow(u, low, _redc.Inverse, _half);
        Mpn.Multiply(_other.Pointer, u, n, _half);
        if (Mpn.Subtract(result, low + _half, _other.Pointer + _half, _half) != 0)
        {
            // v below zero: N more in the lower digit is one less in the upper, whose form has R: R N v = R (v + N) - R N.
            Mpn.Add(result, result, n, _half);
            Decrement(cross + _half, ref carry);
        }

        // The upper digit before its reduction: below N R after at most two subtractions of N R, for a d + b c + u < 2 N^2 + R.
        carry += AddSmallHalf(cross, u);
        while (carry != 0 || Mpn.AtLeast(cross + _half, n, _half)) carry -= Mpn.Subtract(cross + _half, cross + _half, n, _half);
        _redc.Reduce(result + _half, cross);
    }

    /// <summary>Subtracts R from the cross term; where that is below zero N R is added first.</summary>
    private void Decrement(ulong* upper, ref ulong carry)
    {
        for (var i = 0; i < _half; i++)
            if (unchecked(upper[i]--) != 0) return;
        if (carry != 0) carry--;
        else Mpn.Add(upper, upper, _redc.Modulus, _half);
    }

    private ulong AddSmallHalf(ulong* cross, ulong* u)
    {
        if (Mpn.Add(cross, cross, u, _half) == 0) return 0;
        for (var i = _half; i < 2 * _half; i++)
            if (unchecked(++cross[i]) != 0) return 0;
        return 1;
    }
}
