using System.Numerics;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.Paillier.Modular;
using EngineOptions = Coterie.Cryptography.Paillier.PaillierOptions;

namespace Coterie.Benchmarks.Paillier;

/// <summary>Coterie's own engine. Decryption is always in constant time; `open` is without the reading of whole tables. Made for arrays: its batch is one.</summary>
internal sealed class CoteriePaillier : IPaillierContender
{
    private readonly bool _hardened;
    private readonly EngineOptions _options;
    private readonly PaillierPublicKey _key;
    private readonly PaillierSecretKey _secret;
    private readonly Rerandomizer _rerandomizer;
    private Plaintexts? _plaintexts;
    private Plaintexts? _decrypted;
    private Ciphertexts? _left;
    private Ciphertexts? _right;
    private Ciphertexts? _result;
    private long[] _scalars = [];
    private long[] _matrix = [];
    private long _tableBytes;

    public CoteriePaillier(PaillierKey key, bool hardened, EngineKind kind)
    {
        _hardened = hardened;
        Name = (hardened, kind) switch
        {
            (true, EngineKind.Best) => "Coterie",
            (false, EngineKind.Best) => "Coterie, open",
            _ => $"Coterie on {kind}",
        };
        _options = new EngineOptions(hardened);
        _key = new PaillierPublicKey(Words(key.N, key.Bits), Words(key.H, key.Bits), kind);
        _secret = new PaillierSecretKey(_key, Words(key.P, key.Bits / 2), Words(key.Q, key.Bits / 2));
        _rerandomizer = new Rerandomizer(_key, CryptographicRandom.Instance, _options);
    }

    public string Name { get; }

    public int Bits => _key.Bits;

    public bool Offers(PaillierOperation operation) => operation switch
    {
        PaillierOperation.MatrixByEntries => false,
        PaillierOperation.Decrypt => false,
        PaillierOperation.DecryptConstantTime => _hardened,
        _ => true,
    };

    public int BatchOf(PaillierOperation operation) => operation switch
    {
        PaillierOperation.SmallMatrix => 442,
        PaillierOperation.LargeMatrix => 1_000,
        _ => 128,
    };

    public void Prepare(PaillierOperation operation, PaillierWork work)
    {
        _left = Ciphertexts(work.Ciphertexts);
        _right = Ciphertexts(work.OtherCiphertexts);
        _plaintexts = new Plaintexts(work.Plaintexts.Length, _key.Words);
        for (var i = 0; i < work.Plaintexts.Length; i++) LittleWords.FromBigInteger(work.Plaintexts[i], _plaintexts[i]);
        _scalars = [.. work.Scalars.Select(s => (long)s)];
        if (PaillierWork.IsMatrix(operation)) _matrix = [.. work.MatrixOf(operation).Select(a => (long)a)];
        Run(operation, BatchOf(operation));
    }

    public void Run(PaillierOperation operation, int count)
    {
        switch (operation)
        {
            case PaillierOperation.Encrypt:
                _result = _key.Encrypt(_plaintexts!.Head(count), CryptographicRandom.Instance, _options);
                break;
            case PaillierOperation.EncryptAsOwner:
                _result = _secret.Encrypt(_plaintexts!.Head(count), CryptographicRandom.Instance, _options);
                break;
            case PaillierOperation.DecryptConstantTime:
                _decrypted = _secret.Decrypt(_left!.Head(count), _options);
                break;
            case PaillierOperation.Add:
                _result = _key.Add(_left!.Head(count), _right!.Head(count), _options);
                break;
            case PaillierOperation.Scale:
                _result = _key.Scale(_left!.Head(count), _scalars.AsSpan(0, count), PaillierWork.ScalarBits, _options);
                break;
            case PaillierOperation.Rerandomise:
                _result = _rerandomizer.Apply(_left!.Head(count));
                break;
            default:
                var columns = PaillierWork.ColumnsOf(operation);
                var product = new EncryptedProduct(_left!.Head(columns), PaillierWork.EntryBits, count, _options);
                _tableBytes = product.TableBytes;
                _result = product.Multiply(_matrix.AsSpan(0, count * columns), count);
                break;
        }
    }

    public BigInteger ReadResult(PaillierOperation operation, int index)
    {
        if (operation == PaillierOperation.DecryptConstantTime) return LittleWords.ToBigInteger(_decrypted![index]);
        var bytes = _key.ToBytes(_result!);
        return new BigInteger(bytes.AsSpan(index * _key.CiphertextBytes, _key.CiphertextBytes), isUnsigned: true);
    }

    public long TableBytes(PaillierOperation operation) => operation switch
    {
        PaillierOperation.Encrypt => _key.TableBytes(_options),
        PaillierOperation.EncryptAsOwner => _secret.TableBytes(_options),
        PaillierOperation.Rerandomise => _rerandomizer.TableBytes,
        PaillierOperation.SmallMatrix or PaillierOperation.LargeMatrix => _tableBytes,
        _ => 0,
    };

    public void Dispose()
    {
        _secret.Dispose();
        _key.Dispose();
    }

    private Ciphertexts Ciphertexts(BigInteger[] numbers)
    {
        var bytes = new byte[numbers.Length * _key.CiphertextBytes];
        for (var i = 0; i < numbers.Length; i++) numbers[i].TryWriteBytes(bytes.AsSpan(i * _key.CiphertextBytes, _key.CiphertextBytes), out _, isUnsigned: true);
        return _key.FromBytes(bytes, numbers.Length);
    }

    private static ulong[] Words(BigInteger value, int bits)
    {
        var words = new ulong[bits / 64];
        LittleWords.FromBigInteger(value, words);
        return words;
    }
}
