using Coterie.Core.Modes;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Sums;

public sealed class FederatedSumConformance : SumConformance
{
    protected override double Tolerance => 0;

    protected override IReadOnlyList<string> SendingSteps => ["contribution"];

    protected override IReadOnlyList<string> StepsBeforeInput => ["contribution"];

    protected override ISecureSum Create() => new FederatedSum();
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
