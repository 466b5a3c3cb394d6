using Coterie.Conformance.Sums;
using Coterie.Core.Parties;
using Coterie.Cryptography.SecretSharing;
using Coterie.Privacy.Sums;

namespace Coterie.Conformance.Attacks;

/// <summary>Keys that are no points, and shares that are not those that were dealt.</summary>
public sealed class SecretTamperingTests
{
    private static readonly PartyId Cheat = new("p001");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task SumAsync_ASignedKeyIsNoPointOfTheCurve_NamesItsOwner(int key)
    {
        SumBench bench = null!;
        bench = new SumBench(5) { Intercept = e => e.From == Cheat && e.IsAt("keys") ? e.WithKeys(bench, parts => parts[key][40] ^= 1) : e };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(Cheat.Name, Tampering.Blamed(run.Error));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task SumAsync_ACoordinatorPassesAnInvalidKeyOn_EveryParticipantNamesItsOwner(int key)
    {
        SumBench bench = null!;
        bench = new SumBench(5) { Intercept = e => e.From == Cheat && e.IsAt("keys") ? e.WithKeys(bench, parts => parts[key][40] ^= 1) : e };
        var rogue = new RogueCoordinator();
        var run = await bench.RunAsync(name => name == SumBench.Coordinator ? rogue : new SecureAggregationSum());
        Assert.All(run.Participants.Where(p => p.Key != Cheat), p => Assert.Equal(Cheat.Name, Tampering.Blamed(p.Value.Error)));
        Assert.Empty(rogue.Vectors);
    }

    // All five shares are used, so the cheat knows its Lagrange coefficient and moves the reconstructed seed by exactly one: no limb
    // leaves its range.
    [Fact]
    public async Task SumAsync_AShareIsMovedSoThatTheSeedStaysInRange_GivesNoSum()
    {
        int[] points = [1, 2, 3, 4, 5];
        var inverse = Mersenne61.Invert(new LagrangeAtZero(points).Coefficients[1]);
        var bench = new SumBench(5, threshold: 5)
        {
            Intercept = e => e.From == Cheat && e.IsAt("unmask")
                ? e.WithShare(3, s => new SecretShare(s.Point, Mersenne61.Add(s.Limb0, inverse), s.Limb1, s.Limb2, s.Limb3, s.Limb4)) : e,
        };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        Assert.Equal(ProtocolErrorCode.Inconsistent, Assert.IsType<ProtocolException>(run.Error).Code);
    }

    // One share more than needed is there: the one that does not lie on the others' polynomial stands out.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SumAsync_OneWrongShareAmongMore_NamesItsHolderAndDealer(bool ownerSurvives)
    {
        var owner = new PartyId("p003");
        var bench = new SumBench(7, threshold: 5)
        {
            Intercept = e => e.From == owner && e.IsAt("masked") && !ownerSurvives ? throw new PartyGoneException()
                : e.From == Cheat && e.IsAt("unmask") ? e.WithShare(3, s => new SecretShare(s.Point, s.Limb0, Mersenne61.Add(s.Limb1, 77), s.Limb2, s.Limb3, s.Limb4)) : e,
        };
        var run = await bench.RunAsync(_ => new SecureAggregationSum());
        var error = Assert.IsType<ProtocolException>(run.Error);
        Assert.Equal(ProtocolErrorCode.Inconsistent, error.Code);
        Assert.Equal($"{Cheat} {owner}", Tampering.Blamed(error));
    }
}
