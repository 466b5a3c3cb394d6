using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Keys;

namespace Coterie.Privacy.Sums.SeparateKeys;

/// <summary>
/// A participant's own secrets of a run: the Paillier key that opens its sums, the key pair by which it compares models with each peer, and what its
/// encryptions draw their randomness from. On its disk before the public parts are announced, until the run ends.
/// </summary>
internal sealed class OwnKeys : IDisposable
{
    private const int NoiseLength = 32;
    private const int PairLength = AgreementKey.ScalarLength + AgreementKey.PublicKeyLength;

    private static readonly byte[] Salt = SHA256.HashData("coterie separate keys v1"u8);

    private readonly byte[] _noise;
    private bool _disposed;

    private OwnKeys(PaillierSecretKey paillier, AgreementKey agreement, byte[] noise) => (Paillier, Agreement, _noise) = (paillier, agreement, noise);

    public PaillierSecretKey Paillier { get; }

    public AgreementKey Agreement { get; }

    /// <summary>Those of this run, made unless they were before.</summary>
    public static async ValueTask<OwnKeys> OfAsync(Session session, PaillierKeySize size, CancellationToken cancellationToken)
    {
        var place = RunKeys.PlaceOf(session.Roster).Then("secret").Path;
        if (await session.Checkpoints.LoadAsync(place, cancellationToken) is { } saved) return Read(saved.Span, size);
        var noise = GC.AllocateArray<byte>(NoiseLength, pinned: true);   // pinned: the collector leaves no second copy
        session.Random.Fill(noise);
        var keys = new OwnKeys(size.Generate(), AgreementKey.Create(), noise);
        var record = keys.Export();
        try
        {
            await session.Checkpoints.SaveAsync(place, record, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(record);
        }
        return keys;
    }

    /// <summary>
    /// The randomness of a sum's encryptions under one key, the same again for the same plaintexts and no other: after a restart the same bytes leave.
    /// </summary>
    public CryptographicRandom NoiseFor(RoundContext context, PartyId recipient, ReadOnlySpan<byte> plaintexts)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var writer = Describe("encryption", context);
        writer.WriteText(recipient.Name);
        writer.WriteBytes(plaintexts);
        var secret = new byte[CryptographicRandom.SecretLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _noise, secret, Salt, writer.WrittenMemory.Span);
        var random = CryptographicRandom.Expanding(secret);
        CryptographicOperations.ZeroMemory(secret);
        return random;
    }

    /// <summary>The key of the tag that only this participant can check; the caller zeroes it.</summary>
    public byte[] SelfTag(RoundContext context)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var key = new byte[MaskGenerator.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _noise, key, Salt, Describe("self tag", context).WrittenMemory.Span);
        return key;
    }

    public void Dispose()
    {
        _disposed = true;
        Paillier.Dispose();
        Agreement.Dispose();
        CryptographicOperations.ZeroMemory(_noise);
    }

    private static WireWriter Describe(string purpose, RoundContext context)
    {
        var writer = new WireWriter();
        writer.WriteText(purpose);
        writer.WriteText(context.RunId);
        writer.WriteText(context.Step.Path);
        writer.WriteBytes(context.ModelHash.Span);
        return writer;
    }

    private byte[] Export()
    {
        var (scalar, paillier) = (Agreement.ExportScalar(), Paillier.ExportPrivateKey());
        try
        {
            return [.. _noise, .. scalar, .. Agreement.PublicKey, .. paillier];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
            CryptographicOperations.ZeroMemory(paillier);
        }
    }

    private static OwnKeys Read(ReadOnlySpan<byte> record, PaillierKeySize size)
    {
        if (record.Length <= NoiseLength + PairLength) throw new InvalidDataException("The stored keys of this run are not those of this version.");
        var pair = record.Slice(NoiseLength, PairLength);
        var noise = GC.AllocateArray<byte>(NoiseLength, pinned: true);
        record[..NoiseLength].CopyTo(noise);
        return new OwnKeys(
            size.ImportPrivateKey(record[(NoiseLength + PairLength)..]), AgreementKey.FromScalar(pair[..AgreementKey.ScalarLength], pair[AgreementKey.ScalarLength..]), noise);
    }
}
