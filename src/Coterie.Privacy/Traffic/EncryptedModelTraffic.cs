using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.Keys;

namespace Coterie.Privacy.Traffic;

/// <summary>What training on an encrypted model sends besides a secure sum's messages. n participants, one Paillier key of so many bits.</summary>
internal static class EncryptedModelTraffic
{
    /// <summary>The end of a round, or of training.</summary>
    private const int Head = sizeof(int) + 1;

    /// <summary>The key, from a coordinator that owns the model; a model owner of its own sends it to as many.</summary>
    public static TrafficEstimate Key(int participants, PaillierKeySize size, bool isSeparate) => isSeparate ? default : TrafficEstimate.ToEach(participants, size.PublicKeyBytes);

    /// <summary>The model, told to all participants before a round.</summary>
    public static TrafficEstimate Model(int participants, PaillierKeySize size, Blocks<Matrix> model) => TrafficEstimate.ToEach(participants, Head + Blocks(size, model.Values.Select(v => v.Values.Length)));

    /// <summary>That there is no further round.</summary>
    public static TrafficEstimate End(int participants) => TrafficEstimate.ToEach(participants, Head);

    /// <summary>A contribution, from every participant.</summary>
    public static TrafficEstimate Contribution(PaillierKeySize size, IEnumerable<BlockSpec> blocks) => TrafficEstimate.FromEach(Blocks(size, blocks.Select(b => b.Length)));

    private static long Blocks(PaillierKeySize size, IEnumerable<int> lengths)
    {
        var blocks = lengths.ToImmutableArray();
        return HiddenModel.BytesOf(2 * size.Bits / 8, blocks.Length, blocks.Sum(l => (long)l));
    }
}
