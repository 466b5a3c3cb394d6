using System.Collections.Immutable;
using Coterie.Core.Randomness;
using Coterie.Learning.Neural;

namespace Coterie.Tests.Learning.Neural;

/// <summary>Gradients are what losses change by, for every activation and objective, through none to three hidden layers.</summary>
public sealed class GradientTests
{
    private const int Rows = 11, Features = 3;

    public static TheoryData<Activation, NetworkObjective, int> Cases
    {
        get
        {
            var cases = new TheoryData<Activation, NetworkObjective, int>();
            foreach (var activation in Enum.GetValues<Activation>())
                foreach (var objective in Enum.GetValues<NetworkObjective>())
                    for (var hidden = 0; hidden <= 3; hidden++)
                        cases.Add(activation, objective, hidden);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AddGradient_EveryParameter_IsTheDifferenceQuotient(Activation activation, NetworkObjective objective, int hidden)
    {
        const double Step = 1e-5;
        var (shape, rows, targets, weights) = Data(activation, objective, hidden);
        var (pass, parameters, gradient) = (new NetworkPass(shape), shape.Draw(3), new double[shape.ParameterCount]);
        pass.AddGradient(parameters, rows, targets, weights, gradient);
        double Loss(int at, double by)
        {
            var moved = (double[])parameters.Clone();
            moved[at] += by;
            return pass.AddGradient(moved, rows, targets, weights, new double[moved.Length]);
        }
        for (var i = 0; i < parameters.Length; i++)
            Assert.Equal((Loss(i, Step) - Loss(i, -Step)) / (2 * Step), gradient[i], 1e-6);
    }

    /// <summary>More rows than one product takes at a time.</summary>
    [Fact]
    public void AddGradient_ManyRows_IsTheSumOverParts()
    {
        var shape = new NetworkShape([Features, 5, 2], Activation.Tanh, NetworkObjective.Softmax);
        var random = new SeededRandom(4);
        double[] rows = [.. Enumerable.Range(0, 700 * Features).Select(_ => random.NextGaussian())], targets = [.. Enumerable.Range(0, 700).Select(i => (double)(i % 2))];
        var (pass, parameters) = (new NetworkPass(shape), shape.Draw(1));
        double[] whole = new double[shape.ParameterCount], parts = new double[shape.ParameterCount];
        var loss = pass.AddGradient(parameters, rows, targets, [], whole);
        for (var i = 0; i < 700; i += 7) loss -= pass.AddGradient(parameters, rows.AsSpan(i * Features, 7 * Features), targets.AsSpan(i, 7), [], parts);
        Assert.Equal(0, loss, 1e-10);
        TestData.AssertClose(whole, parts, 1e-12);
    }

    private static (NetworkShape Shape, double[] Rows, double[] Targets, double[] Weights) Data(Activation activation, NetworkObjective objective, int hidden)
    {
        var outputs = objective == NetworkObjective.Logistic ? 1 : 3;
        var shape = new NetworkShape([Features, .. ImmutableArray.Create(5, 4, 6).AsSpan()[..hidden], outputs], activation, objective);
        var random = new SeededRandom(9);
        double Target() => objective switch { NetworkObjective.Squared => random.NextGaussian(), NetworkObjective.Logistic => random.NextInt32(2), _ => random.NextInt32(3) };
        return (shape, [.. Enumerable.Range(0, Rows * Features).Select(_ => random.NextGaussian())],
            [.. Enumerable.Range(0, objective == NetworkObjective.Squared ? Rows * outputs : Rows).Select(_ => Target())],
            [.. Enumerable.Range(0, Rows).Select(_ => 0.5 + random.NextDouble())]);
    }
}
