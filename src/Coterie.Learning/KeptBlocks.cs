using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Learning.Margins;

namespace Coterie.Learning;

/// <summary>Blocks beside a model's parameters that only whoever moves the model needs: a line search, or what steps of a bound on the curvature keep.</summary>
internal static class KeptBlocks
{
    private const string Origin = "search-origin", Direction = "search-direction", State = "search-state";

    private static readonly ImmutableArray<string> All = [Origin, Direction, State, BoundedSteps.Inverse, BoundedSteps.Reached];

    public static Blocks<Matrix> Append(Blocks<Matrix> parameters, LineSearch? search, BoundState? bound)
    {
        if (search is not null)
            parameters = parameters.With(Origin, search.Origin).With(Direction, search.Direction).With(State, Matrix.Column(search.Length, search.Objective, search.Slope));
        return bound is null ? parameters : parameters.With(BoundedSteps.Inverse, bound.Inverse).With(BoundedSteps.Reached, bound.Reached);
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

    /// <summary>What steps of a bound keep of so many functions of <paramref name="size"/> numbers each, or null.</summary>
    /// <exception cref="ArgumentException">Its blocks are incomplete or of another shape.</exception>
    public static BoundState? FindBound(Blocks<Matrix> parameters, int size, int functions) =>
        parameters.Find(BoundedSteps.Inverse) is null ? null : new(parameters.Require(BoundedSteps.Inverse, size, size), parameters.Require(BoundedSteps.Reached, size, functions));
}
