using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;

namespace Coterie.Core.Modes;

/// <summary>One sum over the participants' contributions.</summary>
/// <param name="Step">Names the sum; every party derives the same.</param>
/// <param name="Layout">The blocks' shapes and ranges.</param>
/// <param name="Round">The round's public facts.</param>
/// <param name="ModelHash">SHA-256 over the model the contributions answer and every broadcast of the run before it.</param>
public sealed record SumRequest(StepTag Step, ImmutableArray<BlockSpec> Layout, Round Round, ReadOnlyMemory<byte> ModelHash)
{
    /// <summary>Entries of a contribution.</summary>
    public int Length => Layout.Sum(b => b.Length);
}
