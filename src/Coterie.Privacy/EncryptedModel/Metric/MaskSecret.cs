using System.Security.Cryptography;
using Coterie.Core.Randomness;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// What a validator's masks and noise are drawn from: a secret of the step, on its disk before anything leaves, expanded for the question and the rows. After
/// a restart the same bytes leave; another question, or other rows, have other masks. It goes when a checkpoint of the caller lets go of the step.
/// </summary>
internal static class MaskSecret
{
    private static readonly byte[] Salt = SHA256.HashData("coterie masked rows v1"u8);

    public static async ValueTask<CryptographicRandom> OfAsync(MetricSetting setting, ProductQuestion question, ReducedRows rows, CancellationToken cancellationToken)
    {
        var place = setting.Step.Then("secret").Path;
        var checkpoints = setting.Session.Checkpoints;
        byte[] secret;
        if (await checkpoints.LoadAsync(place, cancellationToken) is { } saved)
        {
            secret = saved.ToArray();
            if (secret.Length != CryptographicRandom.SecretLength) throw new InvalidDataException("The stored secret of this step is not that of this version.");
        }
        else
        {
            secret = setting.Session.Random.Bytes(CryptographicRandom.SecretLength);
            await checkpoints.SaveAsync(place, secret, cancellationToken);
        }
        var expanded = new byte[CryptographicRandom.SecretLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, expanded, Salt, [.. question.Context, .. rows.Digest()]);
        var random = CryptographicRandom.Expanding(expanded);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(expanded);
        return random;
    }
}
