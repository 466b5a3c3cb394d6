using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>The penalised objective of softmax regression at a point, and its Newton direction.</summary>
/// <param name="Point">K (d + 1) x 1: class by class, the intercept and the coefficients.</param>
/// <param name="Classes">K.</param>
/// <param name="Weight">Weight of the rows against the penalty.</param>
/// <param name="Pin">Factor of the penalty 0.5 pin (sum of intercepts / K)^2, of the size of the intercepts' curvature.</param>
internal sealed record MultinomialSystem(Matrix Point, int Classes, double Weight, double Pin)
{
    private int Width => Point.Rows / Classes;

    public double Objective(Blocks<Matrix> total)
    {
        var mean = InterceptMean();
        var objective = (Weight * total["loss"][0, 0]) + (Pin * mean * mean / 2);
        for (var p = 0; p < Point.Rows; p++)
            if (p % Width != 0) objective += Point[p, 0] * Point[p, 0] / 2;
        return objective;
    }

    public (Matrix Gradient, Matrix Direction) Direction(Blocks<Matrix> total)
    {
        var mean = InterceptMean();
        var gradient = Matrix.Create(Point.Rows, 1, values =>
        {
            for (var p = 0; p < values.Length; p++)
                values[p] = (Weight * total["gradient"].Values[p]) + (p % Width == 0 ? Pin * mean / Classes : Point[p, 0]);
        });
        return (gradient, NewtonStep.Direction(Hessian(total["hessian"]), gradient));
    }

    /// <summary>The lower triangle: class pairs as they came, and per class the sum of its pairs.</summary>
    private double[] Hessian(Matrix pairs)
    {
        int size = Point.Rows, row = 0;
        var hessian = new double[size * size];
        var sums = new double[Classes][];
        for (var k = 0; k < Classes; k++) sums[k] = new double[pairs.Columns];
        for (var k = 0; k < Classes; k++)
            for (var l = k + 1; l < Classes; l++)
            {
                var block = pairs.Row(row++);
                PackedTriangle.AddTo(block, -Weight, hessian, Width, size, l * Width, k * Width);
                TensorPrimitives.Add(sums[k], block, sums[k]);
                TensorPrimitives.Add(sums[l], block, sums[l]);
            }
        for (var k = 0; k < Classes; k++) PackedTriangle.AddTo(sums[k], Weight, hessian, Width, size, k * Width, k * Width);
        for (var p = 0; p < size; p++)
        {
            if (p % Width != 0) hessian[p * (size + 1)] += 1;
            else for (var q = 0; q <= p; q += Width) hessian[(p * size) + q] += Pin / (Classes * Classes);
        }
        return hessian;
    }

    private double InterceptMean()
    {
        double sum = 0;
        for (var k = 0; k < Classes; k++) sum += Point[k * Width, 0];
        return sum / Classes;
    }
}
