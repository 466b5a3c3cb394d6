using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>What 128 base transfers leave with their sender: pairs of keys. Makes one <see cref="ExtensionReceiver"/>, which takes it over.</summary>
public sealed class BaseSeedPairs : IDisposable
{
    private byte[]? _session;
    private readonly UInt128[] _zero;
    private readonly UInt128[] _one;

    internal BaseSeedPairs(byte[] session, UInt128[] zero, UInt128[] one) => (_session, _zero, _one) = (session, zero, one);

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_zero.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_one.AsSpan()));
        _session = null;
    }

    /// <summary>Hands over what there is, once.</summary>
    internal (byte[] Session, UInt128[] Zero, UInt128[] One) Take()
    {
        var session = _session ?? throw new InvalidOperationException("The seeds of base transfers were taken before; nothing is used twice.");
        var taken = (session, (UInt128[])_zero.Clone(), (UInt128[])_one.Clone());
        Dispose();
        return taken;
    }
}
