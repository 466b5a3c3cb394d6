using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.Preprocessing;

/// <summary>Applies a function to every cell of the numeric columns of a shard.</summary>
internal static class CellMap
{
    public static Shard Apply(Schema schema, Shard shard, Func<int, double, double> map)
    {
        ArgumentNullException.ThrowIfNull(shard);
        if (shard.Features.Columns != schema.FeatureCount)
            throw new ShardException($"The shard has {shard.Features.Columns} feature columns, the schema {schema.FeatureCount}.");
        var isNumber = schema.Features.Select(Cells.IsNumber).ToArray();
        return shard with
        {
            Features = Matrix.Create(shard.Rows, schema.FeatureCount, cells =>
            {
                shard.Features.Values.CopyTo(cells);
                for (var i = 0; i < cells.Length; i++)
                {
                    var j = i % isNumber.Length;
                    if (isNumber[j]) cells[i] = map(j, cells[i]);
                }
            }),
        };
    }
}
