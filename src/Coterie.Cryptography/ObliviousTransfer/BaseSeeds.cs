using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>
/// What 128 base transfers leave with their receiver: its choices, and one key of each pair. Makes one <see cref="ExtensionSender"/>, which takes it over.
/// </summary>
public sealed class BaseSeeds : IDisposable
{
    private byte[]? _session;
    private readonly UInt128[] _keys;
    private UInt128 _choices;

    internal BaseSeeds(byte[] session, UInt128 choices, UInt128[] keys) => (_session, _choices, _keys) = (session, choices, keys);

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_keys.AsSpan()));
        (_session, _choices) = (null, 0);
    }

    /// <summary>Hands over what there is, once.</summary>
    internal (byte[] Session, UInt128 Choices, UInt128[] Keys) Take()
    {
        var taken = (_session ?? throw new InvalidOperationException("The seeds of base transfers were taken before; nothing is used twice."), _choices, (UInt128[])_keys.Clone());
        Dispose();
        return taken;
    }
}
