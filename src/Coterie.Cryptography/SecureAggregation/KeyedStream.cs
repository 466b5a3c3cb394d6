namespace Coterie.Cryptography.SecureAggregation;

/// <summary>Unbiased integers from the keystream of a public key: the same sequence on every machine.</summary>
internal sealed class KeyedStream(byte[] key)
{
    private ulong[] _words = [];
    private int _next;

    /// <summary>Uniform in [0, <paramref name="exclusiveMaximum"/>), by rejection.</summary>
    public int Next(int exclusiveMaximum)
    {
        var range = (ulong)exclusiveMaximum;
        var limit = ulong.MaxValue - (ulong.MaxValue % range);   // a multiple of the range
        ulong word;
        do word = NextWord();
        while (word >= limit);
        return (int)(word % range);
    }

    private ulong NextWord()
    {
        if (_next == _words.Length)
        {
            // The stream is generated anew at double length: rare, and the generator needs no position.
            _words = new ulong[Math.Max(1024, _words.Length * 2)];
            MaskGenerator.AddMask(key, _words);
        }
        return _words[_next++];
    }
}
