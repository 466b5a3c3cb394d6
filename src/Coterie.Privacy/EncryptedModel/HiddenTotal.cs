using System.Numerics;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>A sum of masked contributions under the coordinator's key, from its collection to its opening.</summary>
internal sealed class HiddenTotal(Blocks<EncryptedMatrix> sum, Blocks<Matrix> like, PaillierSecretKey key, PartyId owner) : CollectedMasks
{
    /// <summary>The sum as numbers, once all masks are known.</summary>
    /// <exception cref="ProtocolException">It is larger than contributions can add up to: somebody sent what is none.</exception>
    public Blocks<Matrix> Open(StepTag step, PaillierOptions options)
    {
        var all = HiddenModel.Concat(sum.Values);
        using var masks = new RecipientMasks(Masks, owner, key.PublicKey, all.Count);
        var opened = key.Decrypt(key.PublicKey.AddPlain(all, masks.Sum(all.Count), options), options);
        var next = 0;
        var index = 0;
        return like.Select(shape =>
        {
            var block = sum.Values[index++];
            return Matrix.Create(shape.Rows, shape.Columns, values =>
            {
                for (var i = 0; i < values.Length; i++)
                {
                    var integer = opened.ToBigInteger(key.PublicKey, next++);
                    if (BigInteger.Abs(integer).GetBitLength() > block.Bits)
                        throw new ProtocolException(ProtocolErrorCode.InvalidContribution, $"The sum at {step} is larger than contributions can add up to; who sent what is none cannot be told.", step.Path);
                    values[i] = block.Unit.ValueOf(integer);
                }
            });
        });
    }
}
