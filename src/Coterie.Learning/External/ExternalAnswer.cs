using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.External;

/// <summary>What a program gives back for a round.</summary>
/// <param name="Blocks">Its model, with the names and sizes of the learner's blocks; finite.</param>
/// <param name="Loss">Its objective per row at the model it was given, finite; null where the learner asks for none.</param>
public sealed record ExternalAnswer(Blocks<Matrix> Blocks, double? Loss);
