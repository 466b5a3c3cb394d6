using System.Numerics.Tensors;

namespace Coterie.Learning.Neural;

/// <summary>Activations over spans, and their derivatives from the activated values.</summary>
internal static class ActivationKernels
{
    /// <summary>Each value through the activation, in place.</summary>
    public static void Apply(Activation activation, Span<double> values)
    {
        switch (activation)
        {
            case Activation.Relu: TensorPrimitives.Max(values, 0.0, values); break;
            case Activation.Tanh: TensorPrimitives.Tanh<double>(values, values); break;
            default: TensorPrimitives.Sigmoid<double>(values, values); break;
        }
    }

    /// <summary>gradient *= the derivative where the activated value is a: 1 or 0 for relu, 1 - a^2 for tanh, a (1 - a) for the sigmoid.</summary>
    public static void MultiplyByDerivative(Activation activation, ReadOnlySpan<double> activated, Span<double> gradient)
    {
        switch (activation)
        {
            case Activation.Relu:
                for (var i = 0; i < gradient.Length; i++) gradient[i] = activated[i] > 0 ? gradient[i] : 0;
                break;
            case Activation.Tanh:
                for (var i = 0; i < gradient.Length; i++) gradient[i] *= 1 - (activated[i] * activated[i]);
                break;
            default:
                for (var i = 0; i < gradient.Length; i++) gradient[i] *= activated[i] * (1 - activated[i]);
                break;
        }
    }
}
