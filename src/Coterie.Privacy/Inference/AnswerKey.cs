using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.Inference;

/// <summary>
/// Authenticates an answer between the two owners, who have no secret in common: the question's first ciphertext holds a uniform number that who asked
/// drew and who has the model's key decrypts.
/// </summary>
public sealed class AnswerKey : IDisposable
{
    /// <summary>Bytes of a tag.</summary>
    public const int TagBytes = HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key;

    internal AnswerKey(PaillierPublicKey key, ReadOnlySpan<ulong> secret) =>
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, MemoryMarshal.AsBytes(secret).ToArray(), TagBytes, salt: [.. key.KeyId], info: "coterie inference answer v1"u8.ToArray());

    /// <summary>The key of who asked.</summary>
    public static AnswerKey Of(PaillierPublicKey key, ReadOnlySpan<byte> maskKey) => new(key, RowsOwnerStep.AnswerSecret(key, maskKey)[0]);

    /// <summary>The tag of an answer.</summary>
    public byte[] Tag(ReadOnlySpan<byte> answer) => HMACSHA256.HashData(_key, answer);

    /// <summary>Whether a tag is an answer's.</summary>
    public bool IsTagOf(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> tag) => CryptographicOperations.FixedTimeEquals(Tag(answer), tag);

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
