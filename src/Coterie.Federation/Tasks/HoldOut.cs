using System.Collections.Immutable;

namespace Coterie.Federation.Tasks;

/// <summary>Which rows are kept out of training, for test or validation.</summary>
public abstract record HoldOut;

/// <summary>The rows whose 0-based index in their file is a multiple of <paramref name="Every"/>.</summary>
public sealed record EveryHoldOut(int Every) : HoldOut;

/// <summary>The rows with one of <paramref name="Values"/> in <paramref name="Column"/>, which is no feature.</summary>
public sealed record ColumnHoldOut(string Column, ImmutableArray<string> Values) : HoldOut;

/// <summary>The rows of another file, by absolute path.</summary>
public sealed record FileHoldOut(string File) : HoldOut;

/// <summary>A seeded draw of <paramref name="Fraction"/> of the rows, rounded to the nearest row.</summary>
public sealed record FractionHoldOut(double Fraction) : HoldOut;
