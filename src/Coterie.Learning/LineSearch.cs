using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>What a Newton learner remembers while a step waits for its verdict: the next round tells the objective there.</summary>
/// <param name="Origin">p x 1: the last accepted point.</param>
/// <param name="Direction">p x 1: the Newton direction at it.</param>
/// <param name="Length">The point under trial is origin + length x direction.</param>
/// <param name="Objective">The objective at the origin.</param>
/// <param name="Slope">Its derivative along the direction, negative.</param>
public sealed record LineSearch(Matrix Origin, Matrix Direction, double Length, double Objective, double Slope)
{
    /// <summary>origin + length x direction.</summary>
    internal Matrix Trial => Origin + (Length * Direction);
}
