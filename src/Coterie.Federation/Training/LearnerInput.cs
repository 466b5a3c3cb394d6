using Coterie.Core.Learning;

namespace Coterie.Federation.Training;

/// <summary>What rows must be when they reach a learner: numbers, all of them present unless it takes missing ones.</summary>
internal static class LearnerInput
{
    /// <exception cref="ShardException">A column is text or categorical.</exception>
    public static void Require(Schema schema)
    {
        if (schema.Features.IsEmpty) throw new ShardException("No feature column is left for the learner.");
        foreach (var column in schema.Features)
            if (column.Type is ColumnType.Categorical or ColumnType.Text)
                throw new ShardException(
                    column.Type == ColumnType.Categorical
                        ? $"Column '{column.Name}' is categorical; add 'one-hot' to the preprocessing, or exclude the column."
                        : $"Column '{column.Name}' is text, which no learner takes; exclude it.",
                    column.Name);
    }

    /// <exception cref="ShardException">A cell is missing, and the learner takes none.</exception>
    public static void Require(ILearner learner, Schema schema, Shard shard)
    {
        if (learner.TakesMissing) return;
        for (var i = 0; i < shard.Rows; i++)
            for (var j = 0; j < schema.FeatureCount; j++)
                if (double.IsNaN(shard.Features[i, j]))
                    throw new ShardException($"Column '{schema.Features[j].Name}' has a missing value; add 'impute' to the preprocessing.", schema.Features[j].Name, i);
    }
}
