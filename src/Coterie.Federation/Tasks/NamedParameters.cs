using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Catalogues;
using Coterie.Federation.Data;

namespace Coterie.Federation.Tasks;

/// <summary>A name with parameters, as a task file gives a learner or a preprocessor; the catalogue checks them later.</summary>
/// <param name="Name">The name.</param>
/// <param name="Field">Path of the entry in the task file, for example <c>learner</c> or <c>preprocessing[1]</c>.</param>
/// <param name="Parameters">
/// Values by name: double, long, bool, string, null, <see cref="ImmutableArray{T}"/> of string (also where the catalogue asks for whole numbers) or of long, or <see cref="ImmutableSortedDictionary{TKey, TValue}"/>
/// from string to double.
/// </param>
public sealed record NamedParameters(string Name, string Field, ImmutableSortedDictionary<string, object?> Parameters)
{
    /// <summary>A parameter's value as a person reads it.</summary>
    public static string TextOf(object? value) => value switch
    {
        ImmutableArray<string> words => $"[{string.Join(", ", words)}]",
        IEnumerable<KeyValuePair<string, double>> map => $"{{ {string.Join(", ", map.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}: {p.Value}")))} }}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Path of a parameter in the task file.</summary>
    public string FieldOf(string parameter) => $"{Field}.{parameter}";

    /// <summary>Builds the catalogue's entry of this name, turning what it refuses into an error at the parameter's line.</summary>
    /// <exception cref="TaskFileException">The catalogue has no such name, or a parameter is not accepted.</exception>
    public T Build<T>(TaskFile task, IReadOnlyCollection<CatalogueEntry<T>> catalogue, string noun)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(catalogue);
        var entry = catalogue.FirstOrDefault(e => e.Name == Name)
            ?? throw task.Error(task.Lines.ContainsKey(FieldOf("name")) ? FieldOf("name") : Field, $"there is no {noun} '{Name}'; {Nearest.Advice(Name, [.. catalogue.Select(e => e.Name)])}");
        return Located(task, () => entry.Build(Parameters));
    }

    /// <summary>Runs <paramref name="build"/>, turning a <see cref="ParameterException"/> into an error at the parameter's line.</summary>
    /// <exception cref="TaskFileException">A parameter is not accepted.</exception>
    public T Located<T>(TaskFile task, Func<T> build)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(build);
        try
        {
            return build();
        }
        catch (ParameterException refused)
        {
            throw task.Error(FieldOf(refused.Parameter), refused.Message, refused);
        }
    }
}
