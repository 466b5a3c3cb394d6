using Coterie.Core.Numerics;

namespace Coterie.Learning.Margins;

/// <summary>What steps of a fixed bound keep from round to round, beside the functions.</summary>
/// <param name="Inverse">Of the bound, (d + 1) x (d + 1).</param>
/// <param name="Reached">The functions where the last step ended, before momentum carried them on: (d + 1) x K.</param>
public sealed record BoundState(Matrix Inverse, Matrix Reached);
