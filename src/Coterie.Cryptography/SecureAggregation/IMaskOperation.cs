using System.Runtime.Intrinsics;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>How a keystream word meets an entry; a type parameter, so that each kernel is compiled for its operation.</summary>
internal interface IMaskOperation
{
    static abstract ulong Apply(ulong value, ulong mask);

    static abstract Vector128<ulong> Apply(Vector128<ulong> value, Vector128<ulong> mask);
}

/// <summary>value + mask mod 2^64.</summary>
internal readonly struct Addition : IMaskOperation
{
    public static ulong Apply(ulong value, ulong mask) => unchecked(value + mask);

    public static Vector128<ulong> Apply(Vector128<ulong> value, Vector128<ulong> mask) => value + mask;
}

/// <summary>value - mask mod 2^64.</summary>
internal readonly struct Subtraction : IMaskOperation
{
    public static ulong Apply(ulong value, ulong mask) => unchecked(value - mask);

    public static Vector128<ulong> Apply(Vector128<ulong> value, Vector128<ulong> mask) => value - mask;
}
