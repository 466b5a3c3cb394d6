using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>Ciphertexts in messages of peers that may send anything.</summary>
internal static class CiphertextReading
{
    /// <summary>Reads so many, with the length of their bytes before them.</summary>
    /// <exception cref="ProtocolException">These bytes are no ciphertexts under the key; the sender is named.</exception>
    public static Ciphertexts ReadCiphertexts(this ref WireReader reader, PaillierPublicKey key, int count) =>
        Read(reader.ReadExactBytes(checked(count * key.CiphertextBytes)), key, count, reader);

    /// <summary>Reads a message, or a part of one, that is nothing but so many ciphertexts.</summary>
    /// <param name="bytes">The ciphertexts.</param>
    /// <param name="key">Their key.</param>
    /// <param name="count">How many.</param>
    /// <param name="message">What an error names.</param>
    /// <exception cref="ProtocolException">These bytes are no ciphertexts under the key; the sender is named.</exception>
    public static Ciphertexts Read(ReadOnlySpan<byte> bytes, PaillierPublicKey key, int count, WireReader message)
    {
        try
        {
            return key.FromBytes(bytes, count);
        }
        catch (CryptographicException refused)
        {
            throw message.Malformed($"what is no ciphertext under the model's key: {refused.Message}");
        }
    }
}
