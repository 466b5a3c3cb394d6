using System.Numerics;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.Sums.SecureAggregation;

namespace Coterie.Privacy.EncryptedModel;

/// <summary>A sum of contributions that grows as they arrive: public linear steps.</summary>
internal sealed class BlockSum
{
    private Blocks<EncryptedMatrix>? _first;
    private Ciphertexts[] _sums = [];

    /// <summary>How many were added.</summary>
    public int Count { get; private set; }

    /// <summary>The sum; there is one once a contribution was added.</summary>
    public Blocks<EncryptedMatrix> Value
    {
        get
        {
            var first = _first ?? throw new InvalidOperationException("Nobody has contributed.");
            var carries = 32 - BitOperations.LeadingZeroCount((uint)Count - 1);
            return new(first.Names, [.. first.Values.Zip(_sums, (block, sum) => EncryptedMatrix.Of(sum, block.Rows, block.Columns, block.Unit, block.Bits + carries))]);
        }
    }

    /// <summary>The coordinator's collection of contributions of known shapes from those that are still there.</summary>
    /// <exception cref="ProtocolException">What a sender sent is none, or in other units than the first; the sender is named.</exception>
    public static async Task<(ParticipantSet Present, BlockSum Sum)> CollectAsync(
        Session session, ParticipantSet expected, StepTag step, PaillierPublicKey key, Blocks<Matrix> like, CancellationToken cancellationToken)
    {
        var sum = new BlockSum();
        var maximum = HiddenModel.BytesOf(key, like.Count, like.Values.Sum(v => v.Values.Length));
        var present = await session.Channel.CollectAsync(expected.Names(session.Roster), step, maximum, (sender, message) =>
        {
            var reader = new WireReader(message.Span, sender, step);
            var blocks = HiddenModel.Read(ref reader, key, like);
            reader.End();
            if (!sum.TryAdd(blocks)) throw reader.Malformed("the units of its contribution are not those of others");
        }, cancellationToken);
        var set = ParticipantSet.Of(session.Roster, present);
        set.RequireEnough(session, step);
        return (set, sum);
    }

    /// <summary>Adds one; false where its units or sizes are not those of the first.</summary>
    public bool TryAdd(Blocks<EncryptedMatrix> contribution)
    {
        if (_first is { } first)
        {
            if (contribution.Values.Zip(first.Values).Any(p => p.First.Unit != p.Second.Unit || p.First.Bits != p.Second.Bits)) return false;
            for (var i = 0; i < _sums.Length; i++) _sums[i] = _sums[i].Key.Add(_sums[i], contribution.Values[i].Hidden!, HiddenSumStep.Computing);
        }
        else
        {
            _first = contribution;
            _sums = [.. contribution.Values.Select(v => v.Hidden!)];
        }
        Count++;
        return true;
    }
}
