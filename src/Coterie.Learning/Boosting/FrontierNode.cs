namespace Coterie.Learning.Boosting;

/// <summary>A node whose division is looked for in this round.</summary>
/// <param name="Tree">Which of the growing trees, 0-based.</param>
/// <param name="Node">Its index there.</param>
/// <param name="IsSummed">Whether participants send its histogram; its sibling's follows from it and the parent's.</param>
/// <param name="Parent">The parent's row among the histograms that are kept; -1 of a root.</param>
/// <param name="Gradient">Sum of first derivatives over its rows; 0 of a root until it has arrived.</param>
/// <param name="Hessian">Sum of second derivatives, likewise.</param>
/// <param name="Lower">What its leaves' unshrunk values have to be at least, for monotone constraints.</param>
/// <param name="Upper">What they may be at most.</param>
internal sealed record FrontierNode(int Tree, int Node, bool IsSummed, int Parent, double Gradient, double Hessian, double Lower, double Upper);
