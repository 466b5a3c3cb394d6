using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// Half gates (Zahur, Rosulek, Evans, EUROCRYPT 2015) of one conjunction in many instances. Instance i uses tweaks first + 2i for the half whose input the garbler
/// knows and first + 2i + 1 for the other. Implementations give the same bytes.
/// </summary>
internal interface IHalfGates
{
    /// <summary>
    /// Zero labels of the output from those of the inputs, and the rows. <paramref name="output"/> may be an input's memory.
    /// </summary>
    static abstract void Garble(
        HashKey key, ulong first, Vector128<byte> delta, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, Span<Vector128<byte>> garblerRows, Span<Vector128<byte>> evaluatorRows);

    /// <summary>The output's labels from those of the inputs.</summary>
    static abstract void Evaluate(
        HashKey key, ulong first, ReadOnlySpan<Vector128<byte>> left, ReadOnlySpan<Vector128<byte>> right,
        Span<Vector128<byte>> output, ReadOnlySpan<Vector128<byte>> garblerRows, ReadOnlySpan<Vector128<byte>> evaluatorRows);
}
