using System.Numerics.Tensors;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>Lengths of steps.</summary>
internal static class NewtonStep
{
    /// <summary>||after - before|| / max(1, ||after||) over all blocks.</summary>
    public static double Change(Blocks<Matrix> before, Blocks<Matrix> after)
    {
        double step = 0, length = 0;
        for (var i = 0; i < after.Count; i++)
        {
            step += TensorPrimitives.SumOfSquares((after.Values[i] - before.Values[i]).Values);
            length += TensorPrimitives.SumOfSquares(after.Values[i].Values);
        }
        return Math.Sqrt(step) / Math.Max(1, Math.Sqrt(length));
    }
}
