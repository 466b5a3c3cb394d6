using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Privacy.TwoParty;

namespace Coterie.Privacy.EncryptedData;

/// <summary>
/// Two-party algebra in which systems may be ill-conditioned, as those of kernels are: (A + damping I)^-1 by elimination, whose pivots then have digits enough, and steps
/// x &lt;- x + (A + damping I)^-1 (b - A x) that take the damping off again (iterated Tikhonov regularisation; Golub, Van Loan, section 3.5, on refinement). In a direction of
/// eigenvalue e the error falls by damping / (e + damping) a step; directions that are still damped at the end are those that hardly matter to the solution's fit.
/// </summary>
internal sealed class RefinedArithmetic(TwoPartyArithmetic math) : IArithmetic<TwoPartyMatrix>
{
    /// <summary>Above what elimination with 20 bits after the point errs by in the norm of A.</summary>
    private const double Damping = 1.0 / 4096;

    /// <summary>Steps: eigenvalues above Damping / 20 are then solved for to three digits.</summary>
    private const int Steps = 60;

    /// <summary>Bits of what is multiplied with 20 bits more: residuals are small differences.</summary>
    private const int FineBits = 30;

    private IArithmetic<TwoPartyMatrix> Composites => math;

    /// <inheritdoc/>
    public TwoPartyMatrix Public(Matrix value) => math.Public(value);

    /// <inheritdoc/>
    public IArithmetic<TwoPartyMatrix> Branch(int index) => this;

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> ScaleAsync(double factor, TwoPartyMatrix value, CancellationToken cancellationToken) => math.ScaleAsync(factor, value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> MultiplyAsync(TwoPartyMatrix left, TwoPartyMatrix right, CancellationToken cancellationToken) => math.MultiplyAsync(left, right, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> HadamardAsync(TwoPartyMatrix left, TwoPartyMatrix right, CancellationToken cancellationToken) => math.HadamardAsync(left, right, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> FlipAsync(TwoPartyMatrix signs, TwoPartyMatrix values, CancellationToken cancellationToken) => math.FlipAsync(signs, values, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> IsNegativeAsync(TwoPartyMatrix value, CancellationToken cancellationToken) => math.IsNegativeAsync(value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> SigmoidAsync(TwoPartyMatrix value, CancellationToken cancellationToken) => math.SigmoidAsync(value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<(TwoPartyMatrix Value, TwoPartyMatrix Slope)> ReluAsync(TwoPartyMatrix value, CancellationToken cancellationToken) => math.ReluAsync(value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> ReciprocalAsync(TwoPartyMatrix value, double lower, double upper, CancellationToken cancellationToken) => math.ReciprocalAsync(value, lower, upper, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TwoPartyMatrix> ArgMinAsync(TwoPartyMatrix values, CancellationToken cancellationToken) => math.ArgMinAsync(values, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<TwoPartyMatrix> SolveAsync(TwoPartyMatrix a, TwoPartyMatrix b, double smallestPivot, double largestPivot, CancellationToken cancellationToken)
    {
        // An inverse is asked for by who steps by it, and needs it roughly.
        if (!b.IsShared) return await Composites.SolveAsync(a, b, smallestPivot, largestPivot, cancellationToken);
        var size = a.Rows;
        var damped = a + Public(Damping * Matrix.Identity(size));
        var inverse = await Composites.SolveAsync(damped, Public(Matrix.Identity(size)), Math.Max(smallestPivot, Damping), largestPivot + Damping, cancellationToken);
        inverse = await math.TruncateAsync(inverse, RingArithmetic.DefaultFractionBits, cancellationToken);
        var fine = await math.TruncateAsync(a, FineBits, cancellationToken);
        var solution = await StepAsync(inverse, b, cancellationToken);
        for (var i = 0; i < Steps; i++)
            solution += await StepAsync(inverse, b - await MultiplyAsync(fine, solution, cancellationToken), cancellationToken);
        return solution;
    }

    private async ValueTask<TwoPartyMatrix> StepAsync(TwoPartyMatrix inverse, TwoPartyMatrix residual, CancellationToken cancellationToken)
    {
        var step = await MultiplyAsync(inverse, await math.TruncateAsync(residual, FineBits, cancellationToken), cancellationToken);
        return await math.TruncateAsync(step, RingArithmetic.DefaultFractionBits, cancellationToken);
    }
}
