using System.Collections.Immutable;
using System.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.SecureAggregation;

namespace Coterie.Conformance.Attacks;

/// <summary>Masks of one contribution as protocols make them that leave one thing out, and what the coordinator takes off; with that thing, it is left with noise.</summary>
public sealed class NaiveMaskTests
{
    private const int Entries = 1024;

    private static readonly ImmutableArray<PartyId> Names = [.. Enumerable.Range(0, 4).Select(i => new PartyId($"p{i:000}"))];
    private static readonly PartyId Victim = Names[0];
    private static readonly double[] Plain = [.. Enumerable.Range(0, Entries).Select(i => (double)((i * 7) % 50))];

    // Half of the entries seen twice show both of the only two values: the smaller one is the secret.
    [Fact]
    public void Blinds_OfOneBit_AreSeenThroughInAFewRounds_AndOursHaveAllBits()
    {
        const ulong step = 1_000_003;
        ulong[][] rounds = [.. Enumerable.Range(0, 40).Select(_ => Plain.Select(x => (ulong)x + (step * (CryptographicRandom.Instance.Bytes(1)[0] & 1UL))).ToArray())];
        // 40 bits are all ones with a probability of 2^-40, for each of 1,024 entries.
        Assert.Equal(Plain, Enumerable.Range(0, Entries).Select(i => (double)rounds.Min(r => r[i])));

        var mask = new ulong[Entries];
        MaskGenerator.AddMask(CryptographicRandom.Instance.Bytes(32), mask);
        // Each bit is set in half of the entries: the deviation is 16, and 6.5 of them are exceeded by one of 64 bits once in 10^8 times.
        for (var bit = 0; bit < 64; bit++) Assert.InRange(mask.Count(m => (m >> bit & 1) == 1), (Entries / 2) - 104, (Entries / 2) + 104);
    }

    // One key for all rounds: the coordinator gets the seed in this round, in which the victim stayed, and the key in the next, from which it is said to have dropped out.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unmask_SeedOfThisRoundAndKeyOfTheNext_OpensTheContributionOnlyWhereKeysAreKept(bool areKeysKept)
    {
        var keys = Keys();
        var next = areKeysKept ? keys : Keys();
        var seed = CryptographicRandom.Instance.Bytes(32);
        var seen = Encoded();
        foreach (var peer in Names.Remove(Victim)) PairwiseMask.Apply(Context(), Victim, keys[Victim], peer, keys[peer].PublicKey.AsSpan(), seen);
        SelfMask.Add(Context(), Victim, seed, seen);

        SelfMask.Subtract(Context(), Victim, seed, seen);
        foreach (var peer in Names.Remove(Victim)) TakeOff(seen, m => PairwiseMask.Apply(Context(), Victim, next[Victim], peer, keys[peer].PublicKey.AsSpan(), m));
        AssertSeen(seen, areKeysKept);
    }

    // "It dropped out": the victim's key is asked for, and its vector was kept.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unmask_FakeDropOut_OpensTheContributionOnlyWithoutASecondMask(bool hasSelfMask)
    {
        var keys = Keys();
        var seen = Encoded();
        foreach (var peer in Names.Remove(Victim)) PairwiseMask.Apply(Context(), Victim, keys[Victim], peer, keys[peer].PublicKey.AsSpan(), seen);
        if (hasSelfMask) SelfMask.Add(Context(), Victim, CryptographicRandom.Instance.Bytes(32), seen);

        foreach (var peer in Names.Remove(Victim)) TakeOff(seen, m => PairwiseMask.Apply(Context(), Victim, keys[Victim], peer, keys[peer].PublicKey.AsSpan(), m));
        AssertSeen(seen, !hasSelfMask);
    }

    // All others are invented: the coordinator made their keys, and makes their side of every mask. What prevents it is not the masks: nobody begins among too few it knows (RosterTests).
    [Fact]
    public void Unmask_AmongInventedParticipants_OpensTheContribution()
    {
        var keys = Keys();
        var seen = Encoded();
        foreach (var peer in Names.Remove(Victim)) PairwiseMask.Apply(Context(), Victim, keys[Victim], peer, keys[peer].PublicKey.AsSpan(), seen);
        // The two sides of a mask cancel.
        foreach (var peer in Names.Remove(Victim)) PairwiseMask.Apply(Context(), peer, keys[peer], Victim, keys[Victim].PublicKey.AsSpan(), seen);
        AssertSeen(seen, isOpen: true);
    }

    // The others are sent a model at which they have nothing to contribute: the sum is the victim's contribution, unless masks know what was sent.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sum_VictimIsSentAnotherModel_IsItsContributionOnlyWithoutBinding(bool isBound)
    {
        var keys = Keys();
        var sum = new ulong[Entries];
        foreach (var name in Names)
        {
            var vector = name == Victim ? Encoded() : new ulong[Entries];
            var context = isBound && name == Victim ? Context(1) : Context();
            foreach (var peer in Names.Remove(name)) PairwiseMask.Apply(context, name, keys[name], peer, keys[peer].PublicKey.AsSpan(), vector);
            for (var i = 0; i < Entries; i++) sum[i] = unchecked(sum[i] + vector[i]);
        }
        AssertSeen(sum, !isBound);
    }

    // w + r is opened to be shortened and is handed back with a little more: once r is off, the coordinator trains on w + delta and has nothing to compare it with.
    [Fact]
    public void Rescaling_WithoutAnybodyWhoChecks_PlantsADeltaUnnoticed()
    {
        const int shift = 30;
        var (model, delta) = (new BigInteger(123_456_789) << shift, new BigInteger(4_242));
        var blind = new BigInteger(CryptographicRandom.Instance.Bytes(24), isUnsigned: true) << shift;
        var returned = ((model + blind) >> shift) + delta;
        Assert.Equal((model >> shift) + delta, returned - (blind >> shift));
    }

    // What is added up unseen has to be refused before it leaves: one participant's NaN, or an entry too many, is everybody's.
    [Fact]
    public void NaiveSum_OneContributionIsNotFinite_IsNone()
    {
        double[][] contributions = [Plain, [.. Plain.Select((x, i) => i == 3 ? double.NaN : x)], Plain];
        Assert.True(double.IsNaN(contributions.Sum(c => c[3])));
        Assert.Equal(1e300, contributions.Sum(c => c[4]) + 1e300);   // out of range hides the others
    }

    private static Dictionary<PartyId, AgreementKey> Keys() => Names.ToDictionary(n => n, _ => AgreementKey.Create());

    private static RoundContext Context(byte model = 0) => new("run", new StepTag("run/learner/0"), (byte[])[model, .. new byte[31]]);

    private static ulong[] Encoded() => [.. Plain.Select(x => (ulong)x)];

    private static void TakeOff(ulong[] vector, Action<ulong[]> addMask)
    {
        var mask = new ulong[vector.Length];
        addMask(mask);
        for (var i = 0; i < mask.Length; i++) vector[i] = unchecked(vector[i] - mask[i]);
    }

    private static void AssertSeen(ulong[] seen, bool isOpen)
    {
        if (isOpen)
        {
            Assert.Equal(Plain, seen.Select(x => (double)x));
            return;
        }
        Uniformity.AssertUniform(seen);
        Uniformity.AssertUncorrelated(seen, Plain);
    }
}
