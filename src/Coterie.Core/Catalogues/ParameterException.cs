namespace Coterie.Core.Catalogues;

/// <summary>A parameter is unknown, of the wrong type or out of range.</summary>
public sealed class ParameterException(string parameter, string message) : ArgumentException(message)
{
    /// <summary>The parameter's name.</summary>
    public string Parameter { get; } = parameter;
}
