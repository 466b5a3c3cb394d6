using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;

namespace Coterie.Federation.Tasks;

/// <summary>A participant's training rows.</summary>
/// <param name="Name">The participant.</param>
/// <param name="Shard">Its rows, at least one.</param>
/// <param name="Origins">Where each row came from.</param>
public sealed record ParticipantData(PartyId Name, Shard Shard, ImmutableArray<RowOrigin> Origins);

/// <summary>Where a row came from.</summary>
/// <param name="File">Path of its file.</param>
/// <param name="Row">0-based row of that file.</param>
/// <param name="Line">1-based line on which it starts.</param>
public readonly record struct RowOrigin(string File, int Row, int Line);
