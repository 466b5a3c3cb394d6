namespace Coterie.Core.Learning;

/// <summary>The public facts of one round.</summary>
/// <param name="Index">0-based.</param>
/// <param name="TotalRows">Rows of all participants together, as agreed before training.</param>
/// <param name="Participants">Participants on the roster.</param>
/// <param name="Seed">The run's public seed.</param>
public sealed record Round(int Index, long TotalRows, int Participants, ulong Seed);
