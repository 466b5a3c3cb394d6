using Coterie.Core.Learning;

namespace Coterie.Federation.Models;

/// <summary>Column types by their names in task and model files.</summary>
internal static class ColumnTypes
{
    public static string NameOf(ColumnType type) => type switch
    {
        ColumnType.Numeric => "num",
        ColumnType.Binary => "bin",
        ColumnType.Categorical => "cat",
        _ => "text",
    };

    public static ColumnType? Find(string name) => Enum.GetValues<ColumnType>().Where(t => NameOf(t) == name).Cast<ColumnType?>().FirstOrDefault();
}
