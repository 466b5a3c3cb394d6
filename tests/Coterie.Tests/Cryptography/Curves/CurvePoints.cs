using System.Numerics;
using System.Security.Cryptography;
using Coterie.Cryptography.Curves;

namespace Coterie.Tests.Cryptography.Curves;

/// <summary>Points as the framework makes them, which is the independent implementation these tests hold ours to.</summary>
internal static class CurvePoints
{
    public static BigInteger ToInteger(ReadOnlySpan<ulong> words)
    {
        var number = BigInteger.Zero;
        for (var i = words.Length - 1; i >= 0; i--) number = (number << 64) + words[i];
        return number;
    }

    public static ulong[] ToWords(BigInteger number) => [.. Enumerable.Range(0, 4).Select(i => (ulong)((number >> (64 * i)) & ulong.MaxValue))];

    public static BigInteger Order { get; } = ToInteger(P256Scalar.Order);

    /// <summary>A multiple of the generator, x and y.</summary>
    public static byte[] Multiple(BigInteger scalar)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar.ToByteArray(isUnsigned: true, isBigEndian: true) is var d ? [.. new byte[32 - d.Length], .. d] : [] });
        var point = key.ExportParameters(false).Q;
        return [.. point.X!, .. point.Y!];
    }

    /// <summary>x of a multiple of a point, by Diffie and Hellman.</summary>
    public static byte[] SharedX(BigInteger scalar, ReadOnlySpan<byte> point)
    {
        var d = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        using var mine = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = [.. new byte[32 - d.Length], .. d] });
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() } });
        return mine.DeriveRawSecretAgreement(theirs.PublicKey);
    }

    public static byte[] Store(in P256Points points)
    {
        var bytes = new byte[P256Numbers.Lanes * P256Points.PointBytes];
        P256Points.Store(in points, bytes);
        return bytes;
    }
}
