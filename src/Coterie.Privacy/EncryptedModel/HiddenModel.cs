using System.Numerics;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>Encrypted blocks as bytes, and the precision that models are encrypted at.</summary>
internal static class HiddenModel
{
    /// <summary>Fraction bits of a freshly encrypted parameter.</summary>
    public const int FractionBits = 40;

    /// <summary>Parameters stay below 2^50.</summary>
    public const int IntegerBits = 50;

    /// <summary>Bits of a freshly encrypted parameter.</summary>
    public const int Bits = FractionBits + IntegerBits;

    /// <summary>What a step of a freshly encrypted parameter stands for.</summary>
    public static Unit Unit { get; } = Unit.PowerOfTwo(-FractionBits);

    /// <summary>Bytes of a block's unit, size and length.</summary>
    private const int HeaderBytes = sizeof(double) + (3 * sizeof(int));

    /// <summary>A model's parameters as integers.</summary>
    /// <exception cref="ArithmeticException">A parameter beyond 2^50: training has diverged.</exception>
    public static Plaintexts Encode(PaillierPublicKey key, Blocks<Matrix> model) =>
        Plaintexts.FromBigIntegers(key, [.. model.Values.SelectMany(v => v.ToArray()).Select(v => Math.Abs(v) < Math.ScaleB(1, IntegerBits)
            ? Unit.Count(v)
            : throw new ArithmeticException($"A parameter of the model is {v:R}: training diverges. A smaller step or standardised features would help."))]);

    /// <summary>Ciphertexts, all blocks one after the other, as blocks of the shapes of <paramref name="like"/>.</summary>
    public static Blocks<EncryptedMatrix> Divide(Ciphertexts all, Blocks<Matrix> like, Unit unit, int bits)
    {
        var start = 0;
        return like.Select(block =>
        {
            var part = all.Pick([.. Enumerable.Range(start, block.Values.Length)]);
            start += block.Values.Length;
            return EncryptedMatrix.Of(part, block.Rows, block.Columns, unit, bits);
        });
    }

    /// <summary>All blocks as one column in one unit.</summary>
    public static EncryptedMatrix Stack(Blocks<EncryptedMatrix> blocks) => blocks.Values
        .Select(b => EncryptedMatrix.Of(b.Hidden!, b.Hidden!.Count, 1, b.Unit, b.Bits))
        .Aggregate(static (upper, lower) => upper.Above(lower));

    /// <summary>Shapes of blocks of zeros.</summary>
    public static Blocks<Matrix> ShapesOf(IEnumerable<BlockSpec> layout) =>
        new([.. layout.Select(b => b.Name)], [.. layout.Select(b => Matrix.Zero(b.Rows, b.Columns))]);

    /// <summary>Bytes of so many ciphertexts in so many blocks.</summary>
    public static int BytesOf(PaillierPublicKey key, int blocks, int ciphertexts) => checked((int)BytesOf(key.CiphertextBytes, blocks, ciphertexts));

    /// <summary>Likewise, where a ciphertext has so many bytes.</summary>
    public static long BytesOf(int ciphertextBytes, int blocks, long ciphertexts) => (blocks * HeaderBytes) + (ciphertexts * ciphertextBytes);

    /// <summary>The same blocks under fresh randomness that the key's owner cannot take apart, made for all of them together.</summary>
    public static IReadOnlyList<EncryptedMatrix> Rerandomized(Rerandomizer rerandomizer, IReadOnlyList<EncryptedMatrix> blocks) =>
        WithCiphertexts(blocks, rerandomizer.Apply(Concat(blocks)));

    /// <summary>The ciphertexts of all blocks.</summary>
    public static Ciphertexts Concat(IEnumerable<EncryptedMatrix> blocks) => blocks.Select(b => b.Hidden!).Aggregate(static (a, b) => a.Concat(b));

    /// <summary>Blocks like these with other ciphertexts, all one after the other.</summary>
    public static IReadOnlyList<EncryptedMatrix> WithCiphertexts(IReadOnlyList<EncryptedMatrix> blocks, Ciphertexts all)
    {
        var (fresh, start) = (new EncryptedMatrix[blocks.Count], 0);
        for (var i = 0; i < fresh.Length; i++)
        {
            var block = blocks[i];
            fresh[i] = EncryptedMatrix.Of(all.Pick([.. Enumerable.Range(start, block.Hidden!.Count)]), block.Rows, block.Columns, block.Unit, block.Bits);
            start += block.Hidden.Count;
        }
        return fresh;
    }

    /// <summary>The owner's reading of its model.</summary>
    /// <exception cref="ProtocolException">A parameter is larger than it can be.</exception>
    public static Blocks<Matrix> Open(PaillierSecretKey key, Blocks<EncryptedMatrix> model, StepTag step, PartyId sender) => model.Select(block =>
    {
        var opened = key.Decrypt(block.Hidden!, HiddenSumStep.Computing);
        return Matrix.Create(block.Rows, block.Columns, values =>
        {
            for (var i = 0; i < values.Length; i++)
            {
                var integer = opened.ToBigInteger(key.PublicKey, i);
                if (BigInteger.Abs(integer).GetBitLength() > block.Bits)
                    throw new ProtocolException(ProtocolErrorCode.InvalidContribution, $"A parameter of the model from {sender} at {step} is larger than it can be.", step.Path, sender);
                values[i] = block.Unit.ValueOf(integer);
            }
        });
    });

    /// <summary>Units, sizes and ciphertexts of all blocks.</summary>
    public static void Write(WireWriter writer, IEnumerable<EncryptedMatrix> blocks)
    {
        foreach (var block in blocks)
        {
            writer.WriteDouble(block.Unit.Mantissa);
            writer.WriteInt32(block.Unit.Exponent);
            writer.WriteInt32(block.Bits);
            writer.WriteBytes(block.Hidden!.Key.ToBytes(block.Hidden));
        }
    }

    /// <summary>Reads blocks of known shapes.</summary>
    /// <exception cref="ProtocolException">No unit, integers that would wrap, or what is no ciphertext under the key; the sender is named.</exception>
    public static Blocks<EncryptedMatrix> Read(ref WireReader reader, PaillierPublicKey key, Blocks<Matrix> like)
    {
        var values = new EncryptedMatrix[like.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var (rows, columns) = (like.Values[i].Rows, like.Values[i].Columns);
            var (mantissa, exponent) = (reader.ReadDouble(), reader.ReadInt32(int.MinValue, int.MaxValue));
            if (!Unit.TryRead(mantissa, exponent, out var unit)) throw reader.Malformed($"the block '{like.Names[i]}' has no unit");
            var bits = reader.ReadInt32(1, EncryptedMatrix.RoomOf(key));
            values[i] = EncryptedMatrix.Of(reader.ReadCiphertexts(key, rows * columns), rows, columns, unit, bits);
        }
        return new Blocks<EncryptedMatrix>(like.Names, [.. values]);
    }
}
