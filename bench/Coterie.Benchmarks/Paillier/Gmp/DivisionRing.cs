using System.Numerics;

namespace Coterie.Benchmarks.Paillier.Gmp;

/// <summary>What <c>mpz_mul</c> and <c>mpz_tdiv_r</c> do, on limbs: a product, then a division by the modulus. Residues are ordinary numbers.</summary>
internal sealed unsafe class DivisionRing(BigInteger modulus) : GmpRing(modulus, WidthOf(modulus))
{
    private readonly Limbs _modulus = new(modulus, WidthOf(modulus));
    private readonly Limbs _product = new(2 * WidthOf(modulus));
    private readonly Limbs _quotient = new(WidthOf(modulus) + 1);

    public override void Multiply(ulong* product, ulong* left, ulong* right)
    {
        Mpn.Multiply(_product.Pointer, left, right, Width);
        Reduce(product);
    }

    public override void Square(ulong* product, ulong* value)
    {
        Mpn.Square(_product.Pointer, value, Width);
        Reduce(product);
    }

    public override void Enter(ulong* residue, BigInteger value) => Limbs.Write(residue, value, Width);

    public override void Leave(ulong* number, ulong* residue) => Limbs.Copy(number, residue, Width);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _modulus.Dispose();
        _product.Dispose();
        _quotient.Dispose();
    }

    private void Reduce(ulong* result) => Mpn.Divide(_quotient.Pointer, result, 0, _product.Pointer, 2 * Width, _modulus.Pointer, Width);
}
