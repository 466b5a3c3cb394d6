namespace Coterie.Core.Parties;

/// <summary>The name of a party within one roster: 1 to 64 of the characters a-z, 0-9, '-', '_' and '.'.</summary>
public readonly record struct PartyId : IComparable<PartyId>
{
    private readonly string? _name;

    /// <summary>Names a party.</summary>
    /// <exception cref="ArgumentException">The name is empty, too long or has another character.</exception>
    public PartyId(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!IsValid(name))
            throw new ArgumentException($"'{name}' is no party name: use 1 to 64 of a-z, 0-9, '-', '_' and '.'.", nameof(name));
        _name = name;
    }

    /// <summary>The name.</summary>
    public string Name => _name ?? "";

    /// <summary>Whether <paramref name="name"/> can name a party.</summary>
    public static bool IsValid(string name) =>
        name is { Length: > 0 and <= 64 } && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.');

    /// <inheritdoc/>
    public int CompareTo(PartyId other) => string.CompareOrdinal(Name, other.Name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
