using System.Numerics;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Cryptography.Paillier;
using Coterie.Cryptography.SecureAggregation;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>A sum of contributions under the coordinator's key, from its collection to its opening.</summary>
internal sealed class HiddenTotal(Blocks<EncryptedMatrix> sum, Blocks<Matrix> like, MaskedCiphertexts masked) : IUnmaskable, IDisposable
{
    public void SubtractSelfMask(RoundContext context, PartyId owner, ReadOnlySpan<byte> seed) => masked.SubtractSelfMask(context, owner, seed);

    public void ApplyPairwiseMask(RoundContext context, PartyId dropped, AgreementKey droppedKey, PartyId neighbour, ReadOnlySpan<byte> neighbourMaskKey) =>
        masked.ApplyPairwiseMask(context, dropped, droppedKey, neighbour, neighbourMaskKey);

    /// <summary>The sum as numbers, once all masks have come off.</summary>
    /// <exception cref="ProtocolException">It is larger than contributions can add up to: somebody sent what is none.</exception>
    public Blocks<Matrix> Open(PaillierPublicKey key, StepTag step, PaillierOptions options)
    {
        var opened = masked.Open(options);
        var next = 0;
        var index = 0;
        return like.Select(shape =>
        {
            var block = sum.Values[index++];
            return Matrix.Create(shape.Rows, shape.Columns, values =>
            {
                for (var i = 0; i < values.Length; i++)
                {
                    var integer = opened.ToBigInteger(key, next++);
                    if (BigInteger.Abs(integer).GetBitLength() > block.Bits)
                        throw new ProtocolException(ProtocolErrorCode.InvalidContribution, $"The sum at {step} is larger than contributions can add up to; who sent what is none cannot be told.", step.Path);
                    values[i] = block.Unit.ValueOf(integer);
                }
            });
        });
    }

    public void Dispose() => masked.Dispose();
}
