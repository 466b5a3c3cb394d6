namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>One gate, over places in a circuit's wire memory. The output's place may be an input's: its value is then not needed any more.</summary>
/// <param name="Kind">What it computes.</param>
/// <param name="Left">Place of the first input.</param>
/// <param name="Right">Place of the second input; of the first once more for <see cref="GateKind.Invert"/>.</param>
/// <param name="Output">Place the output is written to.</param>
public readonly record struct Gate(GateKind Kind, int Left, int Right, int Output);
