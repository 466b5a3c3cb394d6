using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Commitments;

namespace Coterie.Tests.Cryptography.Commitments;

public sealed class HashCommitmentTests
{
    private static readonly PartyId Ada = new("ada");
    private static readonly PartyId Bob = new("bob");
    private static readonly byte[] Low = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] High = [.. Enumerable.Range(32, 32).Select(i => (byte)i)];

    // Both computed from the documented layout with Python's hashlib.
    [Fact]
    public void Commit_OfFixedValues_IsTheKnownHash() => Assert.Equal(
        "3f29deb0a6094f3239fba25c27bf653c95b6b4d908e29a9177ae9425fe23e78e",
        Convert.ToHexStringLower(HashCommitment.Commit("run-7", new CommitmentOpening(Ada, Low, High))));

    [Fact]
    public void JointSeed_OfFixedValues_IsTheKnownHash() => Assert.Equal(
        "6439df6b46e3ef2003a2c3bf7e4002070085cad9d601b1a4cc032435196467e1",
        Convert.ToHexStringLower(HashCommitment.JointSeed("run-7", [new(Ada, Low, High), new(Bob, High, Low)])));

    [Fact]
    public void Verify_OfTheOpening_IsTrueAndOfAnyOtherFalse()
    {
        var opening = HashCommitment.Draw(Ada, CryptographicRandom.Instance);
        var commitment = HashCommitment.Commit("run", opening);
        Assert.True(HashCommitment.Verify("run", commitment, opening));
        Assert.False(HashCommitment.Verify("another run", commitment, opening));
        Assert.False(HashCommitment.Verify("run", commitment, new CommitmentOpening(Bob, opening.Value, opening.Nonce)));
        Assert.False(HashCommitment.Verify("run", commitment, new CommitmentOpening(Ada, Low, opening.Nonce)));
        Assert.False(HashCommitment.Verify("run", commitment, new CommitmentOpening(Ada, opening.Value, Low)));
        Assert.False(HashCommitment.Verify("run", commitment.AsSpan(1), opening));
    }

    [Fact]
    public void JointSeed_WhenAValueOrTheOrderOrTheRunChanges_Changes()
    {
        CommitmentOpening ada = new(Ada, Low, High), bob = new(Bob, High, Low), other = new(Bob, Low, Low);
        var seeds = new[]
        {
            HashCommitment.JointSeed("run", [ada, bob]), HashCommitment.JointSeed("run", [ada, other]), HashCommitment.JointSeed("run", [bob, ada]),
            HashCommitment.JointSeed("run", [ada]), HashCommitment.JointSeed("run 2", [ada, bob]),
        };
        Assert.Equal(seeds.Length, seeds.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void JointSeed_OfNothingOrARepeatedParty_Throws()
    {
        Assert.Throws<ArgumentException>(() => HashCommitment.JointSeed("run", []));
        Assert.Throws<ArgumentException>(() => HashCommitment.JointSeed("run", [new(Ada, Low, High), new(Ada, High, Low)]));
    }

    [Fact]
    public void Opening_OfOtherLengths_Throws()
    {
        Assert.Throws<ArgumentException>(() => new CommitmentOpening(Ada, new byte[31], Low));
        Assert.Throws<ArgumentException>(() => new CommitmentOpening(Ada, Low, new byte[33]));
    }
}
