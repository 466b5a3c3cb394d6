namespace Coterie.Core.Numerics.Rings;

/// <summary>4 x 4 entries, one product at a time, on every machine.</summary>
internal readonly struct RingTilePortable : IRingTile
{
    public static int Rows => 4;

    public static int Columns => 4;

    public static bool IsSupported => true;

    public static unsafe void Add(ulong* left, ulong* right, int depth, ulong* destination, int stride)
    {
        unchecked
        {
            for (var i = 0; i < 4; i++)
            {
                ulong s0 = 0, s1 = 0, s2 = 0, s3 = 0;
                ulong* a = left + i, b = right;
                for (var p = 0; p < depth; p++, a += 4, b += 4)
                {
                    var x = *a;
                    s0 += x * b[0];
                    s1 += x * b[1];
                    s2 += x * b[2];
                    s3 += x * b[3];
                }
                var row = destination + ((nint)i * stride);
                row[0] += s0;
                row[1] += s1;
                row[2] += s2;
                row[3] += s3;
            }
        }
    }
}
