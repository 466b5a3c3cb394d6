using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.TwoParty;
using Coterie.Tests.Cryptography.Paillier;

namespace Coterie.Tests.Privacy.TwoParty;

/// <summary>Both parties' sides of products under a test key of the first party.</summary>
internal static class PaillierPair
{
    public static PaillierSecretKey Key => TestKeys.Small;

    /// <summary>How the first (true) and the second multiply, with secrets of their own.</summary>
    public static Func<bool, ICrossProducts> Products() => Products(CryptographicRandom.Instance.Bytes(32), CryptographicRandom.Instance.Bytes(32));

    /// <summary>The same with a secret of the owner's round and one of the holder's run.</summary>
    public static Func<bool, ICrossProducts> Products(byte[] round, byte[] run) => isFirst => isFirst
        ? ProductsByPaillier.OfOwner(new EncryptedFactors(Key, round, PaillierOptions.Default))
        : ProductsByPaillier.OfHolder(Key.PublicKey, _ => ValueTask.FromResult(new Rerandomizer(Key.PublicKey, CryptographicRandom.Expanding(run))), PaillierOptions.Default);
}
