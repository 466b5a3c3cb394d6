using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning;

/// <summary>A line search as blocks beside a model's parameters; none where there is no search.</summary>
internal static class SearchBlocks
{
    public static Blocks<Matrix> Append(Blocks<Matrix> parameters, LineSearch? search) => search is null
        ? parameters
        : parameters
            .With("search-origin", search.Origin)
            .With("search-direction", search.Direction)
            .With("search-state", Matrix.Column(search.Length, search.Objective, search.Slope));

    /// <summary>The search over <paramref name="size"/> parameters, or null.</summary>
    /// <exception cref="ArgumentException">Its blocks are incomplete or of another shape.</exception>
    public static LineSearch? Find(Blocks<Matrix> parameters, int size)
    {
        if (parameters.Find("search-state") is null) return null;
        var state = parameters.Require("search-state", 3, 1);
        return new LineSearch(
            parameters.Require("search-origin", size, 1), parameters.Require("search-direction", size, 1), state[0, 0], state[1, 0], state[2, 0]);
    }
}
