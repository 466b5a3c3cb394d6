namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// A bit inside a <see cref="CircuitBuilder"/>: a public constant, or a gate's output, maybe inverted. Inversion costs nothing. The default value is the constant 0.
/// </summary>
public readonly record struct Bit
{
    // 0 and 1 are the constants; 2 (node + 1) + inverted otherwise.
    internal Bit(int code) => Code = code;

    internal int Code { get; }

    internal bool IsConstant => Code < 2;

    internal bool IsInverted => (Code & 1) != 0;

    internal int Node => (Code >> 1) - 1;

    /// <summary>The constant 0.</summary>
    public static Bit Zero => default;

    /// <summary>The constant 1.</summary>
    public static Bit One => new(1);

    internal static Bit Of(int node) => new((node + 1) << 1);

    /// <summary>The constant that <paramref name="value"/> says.</summary>
    public static Bit Constant(bool value) => new(value ? 1 : 0);

    /// <summary>The other value.</summary>
    public static Bit operator !(Bit bit) => new(bit.Code ^ 1);
}
