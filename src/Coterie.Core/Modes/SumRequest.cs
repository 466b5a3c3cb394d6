using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;

namespace Coterie.Core.Modes;

/// <summary>One sum over the participants' contributions.</summary>
/// <param name="Step">Names the sum; every party derives the same.</param>
/// <param name="Layout">The blocks' shapes and ranges; where the coordinator does not know the model, one block of the contribution's length there.</param>
/// <param name="Round">The round's public facts.</param>
/// <param name="ModelHash">SHA-256 over every broadcast of the run so far and, where the coordinator knows it, the model the contributions answer.</param>
public sealed record SumRequest(StepTag Step, ImmutableArray<BlockSpec> Layout, Round Round, ReadOnlyMemory<byte> ModelHash)
{
    /// <summary>Entries of a contribution.</summary>
    public int Length => Layout.Sum(b => b.Length);

    /// <summary>SHA-256 over what only participants know and answer, the model and the layout; empty at the coordinator, and in modes in which it knows the model.</summary>
    public ReadOnlyMemory<byte> Hidden { get; init; }
}
