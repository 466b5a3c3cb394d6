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

    /// <summary>
    /// Seeds of the same choices for one purpose among several, as if of other base transfers: every key is a pseudorandom function of the purpose under the old one. Both sides derive alike.
    /// </summary>
    /// <param name="purpose">What they are for; no two sets of seeds are derived for the same.</param>
    /// <exception cref="InvalidOperationException">The seeds were taken.</exception>
    public BaseSeeds Derive(ReadOnlySpan<byte> purpose)
    {
        var session = _session ?? throw SeedDerivation.Taken();
        return new BaseSeeds(SeedDerivation.Session(session, purpose), _choices, SeedDerivation.Keys(_keys, purpose));
    }

    /// <summary>Bytes for this party's own disk: session, choices and keys. They are secret.</summary>
    /// <exception cref="InvalidOperationException">The seeds were taken.</exception>
    public byte[] Export() => [.. _session ?? throw SeedDerivation.Taken(), .. SeedDerivation.Bytes([_choices]), .. SeedDerivation.Bytes(_keys)];

    /// <summary>What <see cref="Export"/> gave.</summary>
    /// <exception cref="CryptographicException">Another number of bytes.</exception>
    public static BaseSeeds Import(ReadOnlySpan<byte> bytes)
    {
        var numbers = SeedDerivation.Read(bytes, 1 + BaseTransferSender.Count);
        return new BaseSeeds(bytes[..SeedDerivation.SessionBytes].ToArray(), numbers[0], numbers[1..]);
    }

    /// <summary>Forgets the keys.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_keys.AsSpan()));
        (_session, _choices) = (null, 0);
    }

    /// <summary>Hands over what there is, once.</summary>
    internal (byte[] Session, UInt128 Choices, UInt128[] Keys) Take()
    {
        var taken = (_session ?? throw SeedDerivation.Taken(), _choices, (UInt128[])_keys.Clone());
        Dispose();
        return taken;
    }
}
