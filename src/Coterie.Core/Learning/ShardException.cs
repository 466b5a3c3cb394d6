namespace Coterie.Core.Learning;

/// <summary>A participant's rows cannot be used as they are: names the column and row where there is one.</summary>
public sealed class ShardException(string message, string? column = null, int? row = null) : Exception(message)
{
    /// <summary>The column, where one is to blame.</summary>
    public string? Column { get; } = column;

    /// <summary>0-based row of the shard, where one is to blame.</summary>
    public int? Row { get; } = row;
}
