using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.External;

/// <summary>A model that only its program understands: named columns of numbers.</summary>
/// <param name="Parameters">n x 1 each, in the order of their names.</param>
public sealed record ExternalModel(Blocks<Matrix> Parameters);
