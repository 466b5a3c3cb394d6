using Coterie.Core.Parties;

namespace Coterie.Cryptography.Commitments;

/// <summary>What opens a <see cref="HashCommitment"/>.</summary>
/// <param name="Party">Who committed.</param>
/// <param name="Value">The 32 bytes committed to.</param>
/// <param name="Nonce">32 random bytes that hide the value until it is revealed.</param>
public sealed record CommitmentOpening(PartyId Party, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Nonce)
{
    /// <summary>The 32 bytes committed to.</summary>
    public ReadOnlyMemory<byte> Value { get; } = Checked(Value, nameof(Value));

    /// <summary>32 random bytes.</summary>
    public ReadOnlyMemory<byte> Nonce { get; } = Checked(Nonce, nameof(Nonce));

    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> bytes, string name) =>
        bytes.Length == HashCommitment.Length ? bytes : throw new ArgumentException($"{HashCommitment.Length} bytes are needed.", name);
}
