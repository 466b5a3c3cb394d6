namespace Coterie.Learning.Neural;

/// <summary>How a contribution is made shorter.</summary>
public enum UpdateCompression
{
    /// <summary>Not at all: one entry per parameter.</summary>
    None,

    /// <summary>Rotated, rounded to few bits, several parameters to an entry; see <see cref="PackedQuantizer"/>.</summary>
    Quantized,
}
