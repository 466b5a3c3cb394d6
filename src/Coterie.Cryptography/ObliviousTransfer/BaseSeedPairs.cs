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

    /// <inheritdoc cref="BaseSeeds.Derive"/>
    public BaseSeedPairs Derive(ReadOnlySpan<byte> purpose)
    {
        var session = _session ?? throw SeedDerivation.Taken();
        return new BaseSeedPairs(SeedDerivation.Session(session, purpose), SeedDerivation.Keys(_zero, purpose), SeedDerivation.Keys(_one, purpose));
    }

    /// <summary>Bytes for this party's own disk: session and keys. They are secret.</summary>
    /// <exception cref="InvalidOperationException">The seeds were taken.</exception>
    public byte[] Export() => [.. _session ?? throw SeedDerivation.Taken(), .. SeedDerivation.Bytes(_zero), .. SeedDerivation.Bytes(_one)];

    /// <inheritdoc cref="BaseSeeds.Import"/>
    public static BaseSeedPairs Import(ReadOnlySpan<byte> bytes)
    {
        var numbers = SeedDerivation.Read(bytes, 2 * BaseTransferSender.Count);
        return new BaseSeedPairs(bytes[..SeedDerivation.SessionBytes].ToArray(), numbers[..BaseTransferSender.Count], numbers[BaseTransferSender.Count..]);
    }

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
        var session = _session ?? throw SeedDerivation.Taken();
        var taken = (session, (UInt128[])_zero.Clone(), (UInt128[])_one.Clone());
        Dispose();
        return taken;
    }
}
