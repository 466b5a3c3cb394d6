using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>
/// What the keys of one sum are bound to. Parties that were sent different models, or stand at different steps, derive
/// different masks, which do not cancel.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Step">The sum's step, unique within the run.</param>
/// <param name="ModelHash">SHA-256 of the broadcast the contributions answer.</param>
public sealed record RoundContext(string RunId, StepTag Step, ReadOnlyMemory<byte> ModelHash)
{
    /// <summary>Bytes of a model hash.</summary>
    public const int ModelHashLength = 32;

    /// <summary>SHA-256 of the broadcast.</summary>
    public ReadOnlyMemory<byte> ModelHash { get; } = ModelHash.Length == ModelHashLength
        ? ModelHash.ToArray()
        : throw new ArgumentException($"A model hash has {ModelHashLength} bytes.", nameof(ModelHash));

    /// <summary>Starts the canonical description of a use of a key.</summary>
    internal WireWriter Describe(string purpose)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie secure-aggregation v1");
        writer.WriteText(purpose);
        writer.WriteText(RunId);
        writer.WriteText(Step.Path);
        return writer;
    }
}
