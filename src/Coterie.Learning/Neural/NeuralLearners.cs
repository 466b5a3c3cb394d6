using System.Collections.Immutable;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;

namespace Coterie.Learning.Neural;

/// <summary>The catalogue's entry of networks.</summary>
internal static class NeuralLearners
{
    private const string GradientDescent = "gradient-descent";

    private static readonly NeuralNetwork Defaults = new();
    private static readonly HiddenNetwork HiddenDefaults = new();

    public static CatalogueEntry<ILearner> Entry { get; } = new("neural-network", "A number, two classes or several by a network of dense layers.",
        [
            Choice("objective", "squared", "What is predicted: squared a number, logistic one of two classes, softmax one of several, one-vs-rest one of several by a logistic output for each.", "squared", "logistic", "softmax", "one-vs-rest"),
            new("hidden", ParameterKind.Integers, ImmutableArray.Create(16L), "Widths of the hidden layers, from the features on.") { Minimum = 1, Maximum = 4096 },
            Choice("activation", "relu", "What a hidden layer makes of its sums.", "relu", "tanh", "sigmoid"),
            Choice("scheme", "fed-avg", "What participants send: the change of weights after own passes, one gradient, a change held near the common weights, or the gradient of all rows, in a form that runs on hidden values.", "fed-avg", "fed-sgd", "fed-prox", GradientDescent),
            Whole("epochs", Defaults.Epochs, "Passes over all rows in the whole run.", 1, 1_000_000),
            Whole("local-epochs", Defaults.LocalEpochs, "Passes over a participant's rows in a round (fed-avg and fed-prox).", 1, 1000),
            new("batch-size", ParameterKind.Integer, null, "Rows of a local batch, in fed-sgd of all participants together in a round; 0: all; absent: 32, in gradient-descent all.") { Minimum = 0, Maximum = 1_000_000 },
            Choice("optimizer", "adam", "How a participant steps; its moments start anew in every round (fed-avg and fed-prox).", "adam", "sgd"),
            Positive("learning-rate", null, "Length of local steps, in fed-sgd and gradient-descent of central ones; absent: 0.001, in gradient-descent 0.1."),
            new("momentum", ParameterKind.Number, null, "How much of a step carries over to the next (sgd, local or central); absent: 0, in gradient-descent 0.9.") { Minimum = 0, Maximum = 0.9999 },
            new("nesterov", ParameterKind.Flag, Defaults.IsNesterov, "Whether momentum looks ahead."),
            new("alpha", ParameterKind.Number, Defaults.Alpha, "Strength of the penalty alpha / (2 m) ||w||^2 of a batch of m rows.") { Minimum = 0 },
            new("mu", ParameterKind.Number, Defaults.Proximal, "Strength of the pull mu / 2 ||w - common||^2 (fed-prox).") { Minimum = 0 },
            Choice("server-optimizer", "none", "How the common weights move: by what arrives, or by adam on it.", "none", "adam"),
            Positive("server-learning-rate", null, "Length of central steps; absent: the learning rate in fed-sgd and gradient-descent, 0.01 for adam on changes, else 1."),
            Positive("norm-bound", Defaults.NormBound, "Public length to which changes and mean gradients are cut (not in gradient-descent)."),
            Choice("compression", "none", "Whether contributions are rounded to few bits and packed.", "none", "quantised"),
            Whole("compression-bits", Defaults.CompressionBits, "Bits of a rounded number (quantised only).", 2, 16),
            new("error-feedback", ParameterKind.Flag, Defaults.ErrorFeedback, "Whether what rounding took from a contribution is added to the participant's next one (quantised only)."),
        ],
        Build)
    {
        Details = "`objective` is not read off the target, because parties agree on the task before rows are read. Features should be standardised; a numeric target need not be: one round before training finds its mean and deviation. "
            + "`fed-avg` sends how far `local-epochs` passes over the own rows move the weights and takes epochs / local-epochs rounds; `fed-prox` the same with every step pulled back; `fed-sgd` sends one gradient a round, "
            + "of `batch-size` rows of all participants together, and takes epochs * rows / batch-size rounds, up to 100000 unless the task sets a limit. `gradient-descent` is `fed-sgd` with all rows in every gradient, for one hidden layer, which also trains where model or rows are hidden; it takes `epochs` rounds. "
            + "With `one-vs-rest` the probability of a class is its own output's over their sum. Local moments start anew in every round, central ones travel with the model while it is trained. "
            + "With `quantised` rotated and rounded numbers are packed several to an entry: contributions of 8 bits are 4 to 5 times shorter; the model that is sent back is not.",
    };

    private static ILearner Build(ParameterValues values) => values.Choice("scheme") == GradientDescent ? BuildHidden(values) : new NeuralNetwork
    {
        Objective = ObjectiveOf(values),
        Hidden = values.Integers("hidden"),
        Activation = ActivationOf(values),
        Scheme = values.Choice("scheme") switch { "fed-avg" => FederatedScheme.FedAvg, "fed-sgd" => FederatedScheme.FedSgd, _ => FederatedScheme.FedProx },
        Epochs = values.Integer("epochs"),
        LocalEpochs = values.Integer("local-epochs"),
        BatchSize = values.OptionalInteger("batch-size") ?? Defaults.BatchSize,
        Optimizer = values.Choice("optimizer") == "adam" ? LocalOptimizer.Adam : LocalOptimizer.Sgd,
        LearningRate = values.OptionalNumber("learning-rate") ?? Defaults.LearningRate,
        Momentum = values.OptionalNumber("momentum") ?? Defaults.Momentum,
        IsNesterov = values.Flag("nesterov"),
        Alpha = values.Number("alpha"),
        Proximal = values.Number("mu"),
        ServerOptimizer = values.Choice("server-optimizer") == "adam" ? ServerOptimizer.Adam : ServerOptimizer.None,
        ServerLearningRate = values.OptionalNumber("server-learning-rate"),
        NormBound = values.Number("norm-bound"),
        Compression = values.Choice("compression") == "none" ? UpdateCompression.None : UpdateCompression.Quantized,
        CompressionBits = values.Integer("compression-bits"),
        ErrorFeedback = values.Flag("error-feedback"),
    };

    private static HiddenNetwork BuildHidden(ParameterValues values)
    {
        static ParameterException Refused(string parameter, string expected) => new(parameter, $"neural-network: 'scheme: {GradientDescent}' {expected}.");
        if (values.Integers("hidden").Length != 1) throw Refused("hidden", $"has one hidden layer; 'hidden' lists {values.Integers("hidden").Length} widths, and one is accepted");
        if (ObjectiveOf(values) == NetworkObjective.Softmax) throw Refused("objective", "computes nothing like a softmax; squared, logistic and one-vs-rest are accepted as 'objective'");
        if (values.OptionalInteger("batch-size") is > 0) throw Refused("batch-size", "takes all rows in every gradient; 0, or no 'batch-size', is accepted");
        if (values.Choice("server-optimizer") != "none") throw Refused("server-optimizer", "steps with momentum; none is accepted as 'server-optimizer'");
        if (values.Choice("compression") != "none") throw Refused("compression", "sends whole gradients; none is accepted as 'compression'");
        return new HiddenNetwork
        {
            Objective = ObjectiveOf(values),
            Hidden = values.Integers("hidden")[0],
            Activation = ActivationOf(values),
            Epochs = values.Integer("epochs"),
            LearningRate = values.OptionalNumber("server-learning-rate") ?? values.OptionalNumber("learning-rate") ?? HiddenDefaults.LearningRate,
            Momentum = values.OptionalNumber("momentum") ?? HiddenDefaults.Momentum,
            IsNesterov = values.Flag("nesterov"),
            Alpha = values.Number("alpha"),
        };
    }

    private static NetworkObjective ObjectiveOf(ParameterValues values) => values.Choice("objective") switch
    {
        "squared" => NetworkObjective.Squared,
        "logistic" => NetworkObjective.Logistic,
        "softmax" => NetworkObjective.Softmax,
        _ => NetworkObjective.OneVsRest,
    };

    private static Activation ActivationOf(ParameterValues values) => values.Choice("activation") switch { "relu" => Activation.Relu, "tanh" => Activation.Tanh, _ => Activation.Sigmoid };

    private static ParameterSpec Choice(string name, string first, string description, params string[] choices) =>
        new(name, ParameterKind.Choice, first, description) { Choices = [.. choices] };

    private static ParameterSpec Whole(string name, int usual, string description, int minimum, int maximum) =>
        new(name, ParameterKind.Integer, (long)usual, description) { Minimum = minimum, Maximum = maximum };

    private static ParameterSpec Positive(string name, double? usual, string description) =>
        new(name, ParameterKind.Number, usual, description) { Minimum = 0, IsMinimumExclusive = true };
}
