using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>A participant's training rows.</summary>
/// <param name="Name">The participant.</param>
/// <param name="Shard">Its rows, at least one.</param>
/// <param name="Origins">Where each row came from.</param>
public sealed record ParticipantData(PartyId Name, Shard Shard, ImmutableArray<RowOrigin> Origins)
{
    /// <summary>What is wrong with <see cref="Shard"/>, as an error that names file, line and column.</summary>
    public DataFileException Locate(ShardException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Row is { } row && row >= 0 && row < Origins.Length
            ? new DataFileException(Origins[row].File, Origins[row].Line, error.Column, error.Message, error)
            : new DataFileException(Origins[0].File, null, error.Column, error.Message, error);
    }
}

/// <summary>Where a row came from.</summary>
/// <param name="File">Path of its file.</param>
/// <param name="Row">0-based row of that file.</param>
/// <param name="Line">1-based line on which it starts.</param>
public readonly record struct RowOrigin(string File, int Row, int Line);
