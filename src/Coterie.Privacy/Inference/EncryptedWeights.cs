using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.Inference;

/// <summary>Weights under their owner's key: what everybody may have who is to ask.</summary>
public sealed class EncryptedWeights
{
    private EncryptedWeights(ScoreLayout layout, Ciphertexts[] outputs) => (Layout, Outputs) = (layout, outputs);

    /// <summary>How scores travel.</summary>
    public ScoreLayout Layout { get; }

    /// <summary>The owner's key.</summary>
    public PaillierPublicKey Key => Outputs[0].Key;

    /// <summary>Per output, d + 1 ciphertexts.</summary>
    internal IReadOnlyList<Ciphertexts> Outputs { get; }

    /// <summary>Encrypts a model's weights with fresh randomness.</summary>
    /// <param name="key">The owner's key.</param>
    /// <param name="layout">The model's layout.</param>
    /// <param name="weights">K x (d + 1), as <see cref="InferenceNumbers.EncodeWeights"/> gives them.</param>
    /// <param name="random">Where randomness comes from.</param>
    /// <param name="options">How.</param>
    public static EncryptedWeights Encrypt(PaillierSecretKey key, ScoreLayout layout, ReadOnlySpan<long> weights, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(layout);
        if (weights.Length != layout.Outputs * layout.Columns) throw new ArgumentException($"{weights.Length} weights; {layout.Outputs} x {layout.Columns} expected.", nameof(weights));
        var outputs = new Ciphertexts[layout.Outputs];
        for (var k = 0; k < outputs.Length; k++)
        {
            var plaintexts = Plaintexts.FromInt64(key.PublicKey, weights.Slice(k * layout.Columns, layout.Columns));
            outputs[k] = key.Encrypt(plaintexts, random, options);
            plaintexts.Words.Clear();
        }
        return new EncryptedWeights(layout, outputs);
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="CryptographicException">Bytes of another number, or what is no ciphertext under the key.</exception>
    public static EncryptedWeights FromBytes(PaillierPublicKey key, ScoreLayout layout, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(layout);
        var each = (long)layout.Columns * key.CiphertextBytes;
        if (bytes.Length != layout.Outputs * each) throw new CryptographicException($"{layout.Outputs} x {layout.Columns} encrypted weights of {key.Bits} bits take {layout.Outputs * each} bytes, not {bytes.Length}.");
        var outputs = new Ciphertexts[layout.Outputs];
        for (var k = 0; k < outputs.Length; k++) outputs[k] = key.FromBytes(bytes.Slice((int)(k * each), (int)each), layout.Columns);
        return new EncryptedWeights(layout, outputs);
    }

    /// <summary>All ciphertexts, output by output.</summary>
    public byte[] ToBytes() => [.. Outputs.SelectMany(o => Key.ToBytes(o))];
}
