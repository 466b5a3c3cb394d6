using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;

namespace Coterie.Privacy.Stages;

/// <summary>
/// Hash chain over everything the coordinator has told all participants of a run, in the order of its steps: sums are bound to it, so that parties
/// who were told different things derive different masks and sign different statements.
/// </summary>
internal sealed class BroadcastChain
{
    /// <summary>Bytes of <see cref="Value"/>.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    private byte[] _value = new byte[Length];

    /// <summary>The chain so far; a new array with every link.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>Whether nothing was told yet.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Goes on from where this party was.</summary>
    public void Restore(ReadOnlySpan<byte> value) => (_value, IsEmpty) = (value.ToArray(), false);

    /// <summary>Appends a broadcast by its SHA-256.</summary>
    public void Add(StepTag step, ReadOnlySpan<byte> digest)
    {
        var writer = new WireWriter();
        writer.WriteBytes(_value);
        writer.WriteText(step.Path);
        writer.WriteBytes(digest);
        (_value, IsEmpty) = (SHA256.HashData(writer.WrittenMemory.Span), false);
    }
}
