using System.Reflection;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier;

/// <summary>Whoever asks for tables that are read whole gets such tables and touches no others: what is computed is the same with either, only caches tell.</summary>
public sealed class HardeningTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encrypt_ByAnybody_UsesTheTablesAskedFor(bool hardened)
    {
        var made = TestKeys.Small.PublicKey;
        using var key = new PaillierPublicKey(made.Modulus, made.Base);
        var encrypted = key.Encrypt(Plaintexts.FromInt64(key, [-7]), CryptographicRandom.Instance, new PaillierOptions(hardened));
        Assert.Equal([-7], TestKeys.Small.Decrypt(encrypted).ToInt64s(key));
        AssertTables(key, hardened);
        Assert.Equal(Bytes(key, hardened), key.TableBytes(new PaillierOptions(hardened)));
        Assert.Equal(Bytes(key, hardened: true), key.TableBytes());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encrypt_ByTheOwner_UsesTheTablesAskedFor(bool hardened)
    {
        var made = TestKeys.Small;
        using var key = new PaillierSecretKey(made.PublicKey, made.P, made.Q);
        var encrypted = key.Encrypt(Plaintexts.FromInt64(key.PublicKey, [-7]), CryptographicRandom.Instance, new PaillierOptions(hardened));
        Assert.Equal([-7], made.Decrypt(encrypted).ToInt64s(key.PublicKey));
        AssertTables(Field<object>(key, "_p"), hardened);
        AssertTables(Field<object>(key, "_q"), hardened);
        var tables = new[] { "_p", "_q" }.SelectMany(half => Field<SharedTable[]>(Field<Lazy<FixedBase>>(Field<object>(key, half), hardened ? "_hardened" : "_open").Value, "_tables"));
        Assert.Equal(Bytes(tables), key.TableBytes(new PaillierOptions(hardened)));
        if (hardened) Assert.Equal(Bytes(tables), key.TableBytes());
    }

    [Fact]
    public void Encrypt_Unasked_IsHardened()
    {
        var made = TestKeys.Small;
        using var key = new PaillierSecretKey(new PaillierPublicKey(made.PublicKey.Modulus, made.PublicKey.Base), made.P, made.Q);
        key.Encrypt(Plaintexts.FromInt64(key.PublicKey, [1]), CryptographicRandom.Instance);
        key.PublicKey.Encrypt(Plaintexts.FromInt64(key.PublicKey, [1]), CryptographicRandom.Instance);
        AssertTables(key.PublicKey, hardened: true);
        AssertTables(Field<object>(key, "_p"), hardened: true);
        AssertTables(Field<object>(key, "_q"), hardened: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RerandomizerAndProduct_UseTheTablesAskedFor(bool hardened)
    {
        var key = TestKeys.Small.PublicKey;
        var options = new PaillierOptions(hardened);
        foreach (var rerandomizer in new[] { new Rerandomizer(key, CryptographicRandom.Instance, options), Rerandomizer.AgainstOthers(key, CryptographicRandom.Instance, options) })
        {
            var powers = Field<SharedTable[]>(Field<FixedBase>(rerandomizer, "_powers"), "_tables");
            Assert.All(powers, table => Assert.Equal(hardened, Field<bool>(table, "_hardened")));
            Assert.Equal(Bytes(powers), rerandomizer.TableBytes);
        }
        var product = new EncryptedProduct(TestKeys.Encrypted(key, 1, 2), 8, 3, options);
        var columns = Field<SharedTable[]>(product, "_tables");
        Assert.All(columns, table => Assert.Equal(hardened, Field<bool>(table, "_hardened")));
        Assert.Equal(Bytes(columns), product.TableBytes);
    }

    private static void AssertTables(object owner, bool hardened)
    {
        var (asked, other) = hardened ? ("_hardened", "_open") : ("_open", "_hardened");
        Assert.False(Field<Lazy<FixedBase>>(owner, other).IsValueCreated);
        Assert.True(Field<Lazy<FixedBase>>(owner, asked).IsValueCreated);
        Assert.All(Field<SharedTable[]>(Field<Lazy<FixedBase>>(owner, asked).Value, "_tables"), table => Assert.Equal(hardened, Field<bool>(table, "_hardened")));
    }

    /// <summary>A table of 2^w entries for each digit of half of the key's bits.</summary>
    private static long Bytes(PaillierPublicKey key, bool hardened)
    {
        var window = hardened ? PaillierPublicKey.HardenedWindow : PaillierPublicKey.OpenWindow;
        return (key.ExponentBits + window - 1) / window * SharedTable.BytesFor(key.Engine, 1 << window, hardened);
    }

    private static long Bytes(IEnumerable<SharedTable> tables) => tables.Sum(table => sizeof(ulong) * (long)Field<ulong[]>(table, "_words").Length);

    private static T Field<T>(object owner, string name) => (T)owner.GetType().GetField(name, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(owner)!;
}
