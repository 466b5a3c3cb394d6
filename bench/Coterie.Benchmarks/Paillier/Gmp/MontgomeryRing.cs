using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>Montgomery's form, as inside <c>mpz_powm</c>: x is kept as x R mod M.</summary>
internal sealed unsafe class MontgomeryRing(BigInteger modulus) : GmpRing(modulus, WidthOf(modulus))
{
    private readonly Redc _redc = new(modulus, WidthOf(modulus));
    private readonly Limbs _product = new(2 * WidthOf(modulus));

    public override void Multiply(ulong* product, ulong* left, ulong* right)
    {
        Mpn.Multiply(_product.Pointer, left, right, Width);
        _redc.Reduce(product, _product.Pointer);
    }

    public override void Square(ulong* product, ulong* value)
    {
        Mpn.Square(_product.Pointer, value, Width);
        _redc.Reduce(product, _product.Pointer);
    }

    public override void Enter(ulong* residue, BigInteger value) => Limbs.Write(residue, value * _redc.R % Modulus, Width);

    public override void Leave(ulong* number, ulong* residue)
    {
        Limbs.Copy(_product.Pointer, residue, Width);
        new Span<ulong>(_product.Pointer + Width, Width).Clear();
        _redc.Reduce(number, _product.Pointer);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _redc.Dispose();
        _product.Dispose();
    }
}
