using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;

namespace Coterie.Tests.Core;

public sealed class ShapeArithmeticTests
{
    private readonly ShapeArithmetic _math = new();

    [Fact]
    public async Task Degree_ProductsOfModelAndRows_AddUp()
    {
        Shape rows = new(10, 3, 0), model = new(3, 1, 1);
        var product = await _math.MultiplyAsync(rows, model, CancellationToken.None);
        Assert.Equal(1, product.Degree);
        Assert.Equal(2, (await _math.HadamardAsync(product, product, CancellationToken.None)).Degree);
        Assert.Equal(1, (product + _math.Public(Matrix.Zero(10, 1))).Degree);
        Assert.Equal(30 + 10, _math.Products);
    }

    [Fact]
    public async Task Degree_AComparisonOfTheModel_IsNotPolynomial()
    {
        var sign = await _math.IsNegativeAsync(new Shape(4, 1, 1), CancellationToken.None);
        Assert.Equal(Shape.NotPolynomial, sign.Degree);
        Assert.Equal(Shape.NotPolynomial, (await _math.HadamardAsync(sign, new Shape(4, 1, 0), CancellationToken.None)).Degree);
        Assert.Equal(0, (await _math.IsNegativeAsync(new Shape(4, 1, 0), CancellationToken.None)).Degree);
    }

    [Fact]
    public async Task Rounds_OfTheShapeBackend_AreThoseOfTheRingBackend()
    {
        var ring = new RingArithmetic();
        var values = Matrix.Create(3, 5, x => { for (var i = 0; i < x.Length; i++) x[i] = 1 + i; });
        IArithmetic<Shape> shapes = _math;
        IArithmetic<RingMatrix> rings = ring;
        await shapes.ArgMinAsync(new Shape(3, 5, 0), CancellationToken.None);
        await rings.ArgMinAsync(ring.Public(values), CancellationToken.None);
        Assert.Equal(ring.Rounds, _math.Rounds);
        await shapes.SigmoidAsync(new Shape(3, 5, 0), CancellationToken.None);
        await rings.SigmoidAsync(ring.Public(values), CancellationToken.None);
        Assert.Equal(ring.Rounds, _math.Rounds);
        await shapes.ReciprocalAsync(new Shape(3, 5, 0), 1, 16, CancellationToken.None);
        await rings.ReciprocalAsync(ring.Public(values), 1, 16, CancellationToken.None);
        Assert.Equal(ring.Rounds, _math.Rounds);
    }

    [Fact]
    public void Multiply_ShapesThatDoNotFit_AreRefused() =>
        Assert.Throws<ArgumentException>(() => { _ = _math.MultiplyAsync(new Shape(2, 3, 0), new Shape(2, 3, 0), CancellationToken.None); });
}
