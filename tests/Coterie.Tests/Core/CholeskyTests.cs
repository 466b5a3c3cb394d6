using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Tests.Core;

public sealed class CholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(131)]
    [InlineData(200)]
    public void TrySolve_AnySize_SolvesTheSystem(int n)
    {
        var random = new SeededRandom(1);
        var root = Matrix.Create(n, n, values => { for (var i = 0; i < values.Length; i++) values[i] = random.NextGaussian(); });
        var a = (root * root.Transpose()) + Matrix.Identity(n);
        var x = Matrix.Create(n, 2, values => { for (var i = 0; i < values.Length; i++) values[i] = random.NextGaussian(); });
        Assert.True(Cholesky.TrySolve(a, a * x, 1e-14, out var solution));
        for (var i = 0; i < x.Values.Length; i++) Assert.Equal(x.Values[i], solution.Values[i], 1e-9);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    public void TrySolve_DependentColumns_SaysSo(int n)
    {
        var random = new SeededRandom(2);
        var root = Matrix.Create(n, n, values => { for (var i = 0; i < values.Length; i++) values[i] = random.NextGaussian(); });
        var dependent = root.Slice(0, 0, n, n - 1).Beside(root.Slice(0, 0, n, 1));
        var a = dependent.Transpose() * dependent;
        Assert.False(Cholesky.TrySolve(a, Matrix.Zero(n, 1), 1e-12, out _));
    }
}
