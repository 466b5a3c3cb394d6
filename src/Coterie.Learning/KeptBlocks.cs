using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning;

/// <summary>Blocks beside a model's parameters that only whoever moves the model needs: a line search, the inverse of a bound on the curvature.</summary>
internal static class KeptBlocks
{
    private const string Origin = "search-origin", Direction = "search-direction", State = "search-state";

    private static readonly ImmutableArray<string> All = [Origin, Direction, State, BoundedSteps.Inverse];

    public static Blocks<Matrix> Append(Blocks<Matrix> parameters, LineSearch? search, Matrix? inverse)
    {
        if (search is not null)
            parameters = parameters.With(Origin, search.Origin).With(Direction, search.Direction).With(State, Matrix.Column(search.Length, search.Objective, search.Slope));
        return inverse is null ? parameters : parameters.With(BoundedSteps.Inverse, inverse);
    }

    /// <summary>The parameters alone.</summary>
    public static Blocks<Matrix> Without(Blocks<Matrix> blocks) => blocks.Where(static name => !All.Contains(name));

    /// <summary>The search over <paramref name="size"/> parameters, or null.</summary>
    /// <exception cref="ArgumentException">Its blocks are incomplete or of another shape.</exception>
    public static LineSearch? FindSearch(Blocks<Matrix> parameters, int size)
    {
        if (parameters.Find(State) is null) return null;
        var state = parameters.Require(State, 3, 1);
        return new LineSearch(parameters.Require(Origin, size, 1), parameters.Require(Direction, size, 1), state[0, 0], state[1, 0], state[2, 0]);
    }

    /// <summary>The inverse of a bound, size x size, or null.</summary>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    public static Matrix? FindInverse(Blocks<Matrix> parameters, int size) =>
        parameters.Find(BoundedSteps.Inverse) is null ? null : parameters.Require(BoundedSteps.Inverse, size, size);
}
