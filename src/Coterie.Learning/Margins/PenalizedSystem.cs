using System.Numerics.Tensors;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Margins;

/// <summary>0.5 penalty ||w||^2 + weight loss(w, b) for a function of d + 1 coefficients, intercept first and not penalised.</summary>
/// <param name="Weight">Of the rows' loss.</param>
/// <param name="Penalty">Of the coefficients.</param>
internal readonly record struct PenalizedSystem(double Weight, double Penalty)
{
    /// <summary>The objective at a function whose rows have this loss.</summary>
    public double Objective(ReadOnlySpan<double> function, double loss) => (Weight * loss) + (Penalty * TensorPrimitives.SumOfSquares(function[1..]) / 2);

    /// <summary>Gradient (p x 1) and Newton direction (p x 1).</summary>
    /// <param name="function">Where.</param>
    /// <param name="gradient">Of the rows' loss.</param>
    /// <param name="hessian">Of the rows' loss; the upper triangle, by rows.</param>
    public (Matrix Gradient, Matrix Direction) Direction(ReadOnlySpan<double> function, ReadOnlySpan<double> gradient, ReadOnlySpan<double> hessian)
    {
        var size = function.Length;
        var square = new double[size * size];
        PackedTriangle.AddTo(hessian, Weight, square, size, size, 0, 0);
        var slope = new double[size];
        for (var j = 0; j < size; j++) slope[j] = Weight * gradient[j];
        for (var j = 1; j < size; j++)
        {
            square[j * (size + 1)] += Penalty;
            slope[j] += Penalty * function[j];
        }
        var column = Matrix.Column(slope);
        return (column, NewtonStep.Direction(square, column));
    }
}
