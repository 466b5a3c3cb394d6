using System.Security.Cryptography;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <content>Openings that others can check.</content>
public sealed partial class PaillierSecretKey
{
    /// <summary>
    /// Opens ciphertexts verifiably: besides each plaintext its randomness, the n-th root of c modulo n. Whatever is opened is public from then on;
    /// it is for the protocol to see that it may be.
    /// </summary>
    /// <param name="ciphertexts">The ciphertexts, under this key.</param>
    /// <param name="context">What the opening is for, for example the hash of a transcript: it is refused elsewhere.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">Ciphertexts under another key.</exception>
    /// <exception cref="CryptographicException">The result does not open the ciphertexts: the machine erred. Nothing is given out.</exception>
    /// <remarks>
    /// Encrypting again, which takes longer than opening, is for this: a plaintext or a root that an error of the machine made wrong modulo one factor
    /// only gives that factor away (Boneh, DeMillo, Lipton, "On the importance of checking cryptographic protocols for faults", EUROCRYPT '97).
    /// </remarks>
    public PaillierOpening Open(Ciphertexts ciphertexts, ReadOnlySpan<byte> context, PaillierOptions? options = null)
    {
        var messages = Decrypt(ciphertexts, options);
        var (engine, words, lanes) = (PublicKey.Engine, PublicKey.Words, PublicKey.Engine.Lanes);
        var randomness = new Plaintexts(ciphertexts.Count, words);
        Batches.Run(PublicKey.Blocks(ciphertexts.Count), (options ?? PaillierOptions.Default).Threads, (from, to) =>
        {
            var numbers = new ulong[words * lanes];
            for (var i = from; i < to; i++)
            {
                var count = Math.Min(lanes, ciphertexts.Count - (i * lanes));
                // c modulo n is r^n modulo n, since 1 + m n is 1.
                engine.StoreSingles(PublicKey.Block(ciphertexts.Blocks, i)[..engine.SingleLength], numbers);
                TakeRoots(numbers, words, count, randomness.Words.Slice(i * lanes * words, count * words));
            }
        });
        if (PublicKey.FirstWrong(ciphertexts, messages, randomness, options) is { } wrong)
        {
            LittleWords.Zero(messages.Words);
            LittleWords.Zero(randomness.Words);
            throw new CryptographicException($"The machine erred while it opened ciphertext {wrong}; nothing of the opening was given out.");
        }
        return new PaillierOpening(messages, randomness, PaillierOpening.HashContext(PublicKey, ciphertexts.Count, context));
    }
}
