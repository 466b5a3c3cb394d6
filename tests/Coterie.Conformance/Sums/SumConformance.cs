using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;

namespace Coterie.Conformance.Sums;

/// <summary>What every secure sum must do. A new sum is one derived class.</summary>
public abstract class SumConformance
{
    /// <summary>Whether a participant whose message of that step is lost, and that stays, is not in the sum.</summary>
    protected virtual bool IsMissed(string lostStep) => StepsBeforeInput.Contains(lostStep);

    /// <summary>How long a lost message is waited for; everything else has to have come by then.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMilliseconds(400);

    /// <summary>A fresh instance for one party.</summary>
    protected abstract ISecureSum Create();

    /// <summary>Whether participants open the sum and the coordinator does not.</summary>
    protected virtual bool IsHidden => false;

    /// <summary>Largest difference from the plain sum.</summary>
    protected abstract double Tolerance { get; }

    /// <summary>Steps at which a participant sends something, in order.</summary>
    protected abstract IReadOnlyList<string> SendingSteps { get; }

    /// <summary>Steps at which a participant that vanishes is not in the sum.</summary>
    protected abstract IReadOnlyList<string> StepsBeforeInput { get; }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task SumAsync_AllStay_EqualsThePlainSum(int participants)
    {
        var bench = new SumBench(participants);
        var run = await bench.RunAsync(_ => Create());
        Assert.Null(run.Error);
        Assert.Equal(string.Join(' ', bench.Names), string.Join(' ', run.Outcome!.Survivors));
        AssertTotal(bench, run, bench.Names);
        if (IsHidden) Assert.Null(run.Outcome.Total);
        else Assert.All(run.Participants.Values, p => Assert.Null(p.Outcome!.Total));
    }

    /// <summary>Values of a few fixed-point steps, of which doubles hold every sum: one step too many, anywhere, shows.</summary>
    [Fact]
    public async Task SumAsync_ValuesOfAFewSteps_IsExactToTheStep()
    {
        var step = Math.ScaleB(1, -FixedPoint.For(SumBench.Bound, 5).FractionBits);
        var bench = new SumBench(5) { Contribution = i => new Matrix(2, 2, [step, -i * step, ((1L << 40) + i) * step, (i - 2) * step]) };
        var run = await bench.RunAsync(_ => Create());
        Assert.Null(run.Error);
        var opened = IsHidden ? run.Participants.Values.Select(p => p.Outcome!.Total!["values"]) : [run.Outcome!.Total!["values"]];
        Assert.All(opened, total => Assert.Equal([5, -10, (5L << 40) + 10, 0], total.ToArray().Select(v => v / step)));
    }

    [Fact]
    public async Task SumAsync_OneVanishesAtEveryStep_SumsOverThoseWhoGaveInput()
    {
        foreach (var step in SendingSteps)
        {
            var gone = new PartyId("p003");
            var bench = new SumBench(6) { Intercept = e => e.From == gone && IsAt(e.Step, step) ? throw new PartyGoneException() : e };
            var run = await bench.RunAsync(_ => Create());
            Assert.True(run.Error is null, $"{step}: {run.Error}");
            var expected = StepsBeforeInput.Contains(step) ? bench.Names.Remove(gone) : bench.Names;
            Assert.Equal(string.Join(' ', expected), string.Join(' ', run.Outcome!.Survivors));
            AssertTotal(bench, run, expected);
        }
    }

    [Fact]
    public async Task SumAsync_TwoVanishAtDifferentSteps_SumsOverThoseWhoGaveInput()
    {
        foreach (var first in SendingSteps)
            foreach (var second in SendingSteps)
            {
                PartyId a = new("p001"), b = new("p006");
                var bench = new SumBench(8)
                {
                    Intercept = e => (e.From == a && IsAt(e.Step, first)) || (e.From == b && IsAt(e.Step, second)) ? throw new PartyGoneException() : e,
                };
                var run = await bench.RunAsync(_ => Create());
                Assert.True(run.Error is null, $"{first}, {second}: {run.Error}");
                var expected = bench.Names;
                if (StepsBeforeInput.Contains(first)) expected = expected.Remove(a);
                if (StepsBeforeInput.Contains(second)) expected = expected.Remove(b);
                Assert.Equal(string.Join(' ', expected), string.Join(' ', run.Outcome!.Survivors));
                AssertTotal(bench, run, expected);
            }
    }

    /// <summary>Who comes too late waits for nothing: it is told how the sum went on, and is there for the next one.</summary>
    [Fact]
    public async Task SumAsync_WhatOneSendsIsLost_ThatOneIsToldAndTheOthersSum()
    {
        foreach (var step in SendingSteps)
        {
            var late = new PartyId("p003");
            var bench = new SumBench(6) { Patience = Patience, Intercept = e => e.From == late && IsAt(e.Step, step) ? null : e };
            var run = await bench.RunAsync(_ => Create());
            Assert.True(run.Error is null, $"{step}: {run.Error}");
            Assert.True(run.Participants[late].Error is null, $"{step}: {run.Participants[late].Error}");
            var expected = IsMissed(step) ? bench.Names.Remove(late) : bench.Names;
            AssertTotal(bench, run, expected);
        }
    }

    [Fact]
    public async Task SumAsync_TooManyVanish_EndsBelowThresholdWithoutATotal()
    {
        var bench = new SumBench(5) { Intercept = e => e.From.Name is "p000" or "p004" && IsAt(e.Step, StepsBeforeInput[^1]) ? throw new PartyGoneException() : e };
        var run = await bench.RunAsync(_ => Create());
        Assert.Equal(ProtocolErrorCode.BelowThreshold, Assert.IsType<ProtocolException>(run.Error).Code);
    }

    [Fact]
    public async Task SumAsync_AMessageIsLate_TheSenderIsLeftOutAndHearsOfIt()
    {
        var late = new PartyId("p002");
        var bench = new SumBench(5) { Patience = TimeSpan.FromSeconds(4), Intercept = e => e.From == late && IsAt(e.Step, StepsBeforeInput[^1]) ? null : e };
        var run = await bench.RunAsync(_ => Create());
        Assert.Null(run.Error);
        Assert.Equal(string.Join(' ', bench.Names.Remove(late)), string.Join(' ', run.Outcome!.Survivors));
        AssertTotal(bench, run, run.Outcome.Survivors);
    }

    [Fact]
    public async Task SumAsync_EverySentMessageTruncated_NamesTheSender()
    {
        foreach (var step in SendingSteps)
        {
            var cheat = new PartyId("p001");
            var bench = new SumBench(5) { Intercept = e => e.From == cheat && IsAt(e.Step, step) ? e with { Payload = e.Payload[..^1] } : e };
            var run = await bench.RunAsync(_ => Create());
            var culprits = run.Participants.Values.Select(p => p.Error).Append(run.Error).OfType<ProtocolException>().SelectMany(p => p.Culprits);
            Assert.Contains(cheat, culprits);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1000.1)]
    public async Task SumAsync_ContributionNotUsable_IsRefusedBeforeItLeaves(double value)
    {
        var bench = new SumBench(4) { Contribution = i => new Matrix(2, 2, [0, 0, i == 2 ? value : 0, 0]) };
        var run = await bench.RunAsync(_ => Create());
        var error = Assert.IsType<ProtocolException>(run.Participants[bench.Names[2]].Error);
        Assert.Equal(ProtocolErrorCode.InvalidContribution, error.Code);
        Assert.Contains("(1, 0)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SumAsync_ContributionOfAnotherShape_IsRefused()
    {
        var bench = new SumBench(4);
        var run = await bench.RunAsync(_ => Create(), mine: name => Blocks<Matrix>.Of(("values", name.Name == "p001" ? Matrix.Zero(3, 2) : Matrix.Zero(2, 2))));
        Assert.Equal(ProtocolErrorCode.InvalidContribution, Assert.IsType<ProtocolException>(run.Participants[bench.Names[1]].Error).Code);
    }

    /// <summary>Whether a step's path has this segment, or these.</summary>
    protected static bool IsAt(StepTag tag, string step) => $"/{tag.Path}/".Contains($"/{step}/", StringComparison.Ordinal);

    /// <summary>Whoever is to learn the total has it: the coordinator; or the participants that are left, whose number is at least the threshold.</summary>
    private void AssertTotal(SumBench bench, SumRun run, IEnumerable<PartyId> contributors)
    {
        var expected = bench.PlainSum(contributors);
        if (!IsHidden)
        {
            Equal(expected, run.Outcome!.Total!["values"]);
            return;
        }
        var opened = run.Participants.Values.Select(p => p.Outcome?.Total).OfType<Blocks<Matrix>>().ToArray();
        Assert.InRange(opened.Length, bench.Roster.Threshold, bench.Names.Length);
        Assert.All(opened, total => Equal(expected, total["values"]));
    }

    private void Equal(Matrix expected, Matrix actual)
    {
        for (var i = 0; i < expected.Values.Length; i++) Assert.Equal(expected.Values[i], actual.Values[i], Tolerance);
    }
}
