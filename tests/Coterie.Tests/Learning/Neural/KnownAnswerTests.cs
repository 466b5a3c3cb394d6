using System.Text.Json;
using Coterie.Learning.Neural;
using Coterie.Testing;

namespace Coterie.Tests.Learning.Neural;

/// <summary>Outputs, losses, gradients and steps of small networks, computed independently (docs: mlp.json, <c>known_answer</c>).</summary>
public sealed class KnownAnswerTests
{
    private static readonly JsonElement Reference = References.Present ? References.Results("mlp.json").GetProperty("known_answer") : default;

    public static TheoryData<string> Cases => ["relu_mse", "relu_bce", "relu_softmax_ce", "sigmoid_mse", "sigmoid_bce", "sigmoid_softmax_ce"];

    [ReferenceTheory]
    [MemberData(nameof(Cases))]
    public void Pass_GivesTheReference(string name)
    {
        var known = new Known(name);
        var gradient = new double[known.Shape.ParameterCount];
        var outputs = new NetworkPass(known.Shape).Forward(known.Parameters, known.Rows, known.Count).ToArray();
        var loss = new NetworkPass(known.Shape).AddGradient(known.Parameters, known.Rows, known.Targets, [], gradient) / known.Count;
        AssertNear(Known.Rowwise(known.Case.GetProperty("output")), outputs);
        Assert.Equal(known.Case.GetProperty("loss").GetDouble(), loss, 1e-9);
        AssertNear(Known.Flatten(known.Case.GetProperty("grads")), [.. gradient.Select(g => g / known.Count)]);
    }

    [ReferenceTheory]
    [MemberData(nameof(Cases))]
    public void ThreeSteps_Plain_GiveTheReference(string name) =>
        Steps(name, "sgd", "loss_after_each_of_3_full_batch_sgd_steps_lr0_1", new NeuralNetwork { Optimizer = LocalOptimizer.Sgd, LearningRate = 0.1 });

    [ReferenceTheory]
    [MemberData(nameof(Cases))]
    public void ThreeSteps_Adam_GiveTheReference(string name) =>
        Steps(name, "adam", "loss_after_each_of_3_adam_steps_lr0_01", new NeuralNetwork { Optimizer = LocalOptimizer.Adam, LearningRate = 0.01 });

    private static void Steps(string name, string method, string losses, NeuralNetwork learner)
    {
        var known = new Known(name);
        var (pass, parameters, steps) = (new NetworkPass(known.Shape), (double[])known.Parameters.Clone(), new LocalSteps(learner, known.Shape.ParameterCount));
        var found = new List<double>();
        for (var step = 0; step <= 3; step++)
        {
            var gradient = new double[parameters.Length];
            found.Add(pass.AddGradient(parameters, known.Rows, known.Targets, [], gradient) / known.Count);
            if (step < 3) steps.Take(parameters, [.. gradient.Select(g => g / known.Count)]);
        }
        AssertNear(References.Numbers(known.Case.GetProperty(losses)), [.. found.Skip(1)]);
        AssertNear(Known.Flatten(known.Case.GetProperty($"params_after_3_{method}")), parameters);
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-9);
    }

    private sealed class Known
    {
        public Known(string name)
        {
            Case = Reference.GetProperty(name);
            var objective = name.EndsWith("_mse", StringComparison.Ordinal) ? NetworkObjective.Squared : name.EndsWith("_bce", StringComparison.Ordinal) ? NetworkObjective.Logistic : NetworkObjective.Softmax;
            var (x, y, first, last) = (Case.GetProperty("X"), Case.GetProperty("Y"), Case.GetProperty("params").GetProperty("W1"), Case.GetProperty("params").GetProperty("b2"));
            Shape = new NetworkShape([first.GetArrayLength(), first[0].GetArrayLength(), last.GetArrayLength()], name.StartsWith("relu", StringComparison.Ordinal) ? Activation.Relu : Activation.Sigmoid, objective);
            (Count, Rows, Parameters) = (x.GetArrayLength(), Rowwise(x), Flatten(Case.GetProperty("params")));
            Targets = objective == NetworkObjective.Softmax ? [.. y.EnumerateArray().Select(row => (double)Array.IndexOf(References.Numbers(row), 1.0))] : Rowwise(y);
        }

        public JsonElement Case { get; }

        public NetworkShape Shape { get; }

        public int Count { get; }

        public double[] Rows { get; }

        public double[] Targets { get; }

        public double[] Parameters { get; }

        public static double[] Rowwise(JsonElement matrix) => [.. matrix.EnumerateArray().SelectMany(References.Numbers)];

        public static double[] Flatten(JsonElement p) =>
            [.. Rowwise(p.GetProperty("W1")), .. References.Numbers(p.GetProperty("b1")), .. Rowwise(p.GetProperty("W2")), .. References.Numbers(p.GetProperty("b2"))];
    }
}
