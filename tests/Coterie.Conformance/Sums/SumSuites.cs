using Coterie.Core.Modes;
using Coterie.Privacy.Keys;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Sums;

public sealed class FederatedSumConformance : SumConformance
{
    protected override double Tolerance => 0;

    protected override IReadOnlyList<string> SendingSteps => ["contribution"];

    protected override IReadOnlyList<string> StepsBeforeInput => ["contribution"];

    protected override ISecureSum Create() => new FederatedSum();

    /// <summary>999 + 5e-14 + 5e-14 rounds to 999, 5e-14 + 5e-14 + 999 to the next double: only a fixed order gives one result.</summary>
    [Fact]
    public async Task SumAsync_TheFirstArrivesLast_IsAddedInRosterOrder()
    {
        using var others = new CountdownEvent(2);
        var bench = new SumBench(3)
        {
            Contribution = i => new Core.Numerics.Matrix(2, 2, [i == 0 ? 999 : 5e-14, 0, 0, 0]),
            Intercept = e =>
            {
                if (e.From.Name == "p000") others.Wait(TimeSpan.FromSeconds(10));
                else others.Signal();
                return e;
            },
        };
        var run = await bench.RunAsync(_ => new FederatedSum());
        Assert.Equal(999, run.Outcome!.Total!["values"][0, 0]);
    }
}

public sealed class SecureAggregationStarConformance : SumConformance
{
    // Four values quantised to 2^-50 each: 2^-51 per participant at most.
    protected override double Tolerance => 1e-13;

    protected override IReadOnlyList<string> SendingSteps => ["keys", "shares", "masked", "consistency", "unmask"];

    protected override IReadOnlyList<string> StepsBeforeInput => ["keys", "shares", "masked"];

    protected override ISecureSum Create() => new SecureAggregationSum();
}

public sealed class SecureAggregationRingConformance : SumConformance
{
    protected override double Tolerance => 1e-13;

    protected override IReadOnlyList<string> SendingSteps => ["keys", "shares", "ring-added", "consistency", "unmask"];

    protected override IReadOnlyList<string> StepsBeforeInput => ["keys", "shares", "ring-added"];

    protected override ISecureSum Create() => new SecureAggregationSum(Topology.Ring);
}

public sealed class SharedKeyConformance : SumConformance
{
    protected override bool IsHidden => true;

    protected override double Tolerance => 1e-13;

    // The agreement's steps, then the sum's.
    protected override IReadOnlyList<string> SendingSteps => ["group-key/keys", "parts", "0/keys", "shares", "masked", "consistency", "unmask"];

    protected override IReadOnlyList<string> StepsBeforeInput => ["group-key/keys", "parts", "0/keys", "shares", "masked"];

    /// <summary>Without its part the others' make the key, of which it is told.</summary>
    protected override bool IsMissed(string lostStep) => lostStep != "parts" && base.IsMissed(lostStep);

    protected override ISecureSum Create() => new SharedKeySum();
}

public sealed class SeparateKeysConformance : SumConformance
{
    protected override bool IsHidden => true;

    protected override double Tolerance => 1e-13;

    protected override IReadOnlyList<string> SendingSteps => ["own-key", "0/keys", "shares", "masked", "consistency", "unmask"];

    protected override IReadOnlyList<string> StepsBeforeInput => ["own-key", "0/keys", "shares", "masked"];

    // Tables for encrypting under six keys are made first.
    protected override TimeSpan Patience => TimeSpan.FromSeconds(2);

    protected override ISecureSum Create() => new SeparateKeysSum(new PaillierKeySize(Learners.Runs.InsecureKeyBits, IsInsecure: true));
}
