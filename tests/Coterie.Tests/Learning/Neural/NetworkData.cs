using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;
using Coterie.Learning.Neural;

namespace Coterie.Tests.Learning.Neural;

/// <summary>Made-up weighted rows whose target bends, and small networks for them.</summary>
internal static class NetworkData
{
    public static (Schema Schema, Shard[] Shards) Rows(NetworkObjective objective, int participants = 5, int rows = 83, int features = 4)
    {
        var random = new SeededRandom(21);
        double[] x = new double[rows * features], y = new double[rows], weights = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < features; j++) x[(i * features) + j] = random.NextGaussian();
            var score = (x[i * features] * x[(i * features) + 1]) + x[(i * features) + 2] + (0.3 * random.NextGaussian());
            y[i] = objective switch { NetworkObjective.Squared => 150 + (60 * score), NetworkObjective.Logistic => score > 0 ? 1 : 0, _ => score > 0.7 ? 2 : score > -0.7 ? 1 : 0 };
            weights[i] = 0.5 + random.NextDouble();
        }
        var all = new Shard(new Matrix(rows, features, x), Matrix.Column(y), Matrix.Column(weights));
        var classes = objective switch { NetworkObjective.Squared => 0, NetworkObjective.Logistic => 2, _ => 3 };
        int Owner(int i) => i % 11 % participants;
        return (TestData.SchemaOf(all, classes) with { WeightBound = 1.5 },
            [.. Enumerable.Range(0, participants).Select(k => all.SelectRows([.. Enumerable.Range(0, rows).Where(i => Owner(i) == k)]))]);
    }

    /// <summary>Networks that between them use every setting.</summary>
    public static NeuralNetwork Learner(string name) => name switch
    {
        "avg" => new NeuralNetwork { Hidden = [7], BatchSize = 5, Epochs = 12, LearningRate = 0.01 },
        "avg-sgd" => new NeuralNetwork { Objective = NetworkObjective.Softmax, Hidden = [6, 5], Activation = Activation.Tanh, Optimizer = LocalOptimizer.Sgd, LearningRate = 0.05, Momentum = 0.9, IsNesterov = true, BatchSize = 4, Epochs = 12, LocalEpochs = 2 },
        "avg-server" => new NeuralNetwork { Objective = NetworkObjective.Logistic, ServerOptimizer = ServerOptimizer.Adam, ServerLearningRate = 0.05, BatchSize = 0, Epochs = 12 },
        "prox" => new NeuralNetwork { Objective = NetworkObjective.Logistic, Scheme = FederatedScheme.FedProx, Proximal = 0.5, Activation = Activation.Sigmoid, BatchSize = 6, Epochs = 12, LocalEpochs = 3 },
        "sgd" => new NeuralNetwork { Scheme = FederatedScheme.FedSgd, BatchSize = 0, LearningRate = 0.1, Momentum = 0.9, Epochs = 12, Alpha = 0.5 },
        "sgd-adam" => new NeuralNetwork { Objective = NetworkObjective.Softmax, Scheme = FederatedScheme.FedSgd, ServerOptimizer = ServerOptimizer.Adam, BatchSize = 16, LearningRate = 0.02, Epochs = 2 },
        "cut" => new NeuralNetwork { Objective = NetworkObjective.Logistic, Optimizer = LocalOptimizer.Sgd, LearningRate = 50, NormBound = 0.5, Epochs = 12 },
        "cut-gradient" => new NeuralNetwork { Objective = NetworkObjective.Logistic, Scheme = FederatedScheme.FedSgd, NormBound = 0.01, BatchSize = 0, Epochs = 12 },
        "packed" => new NeuralNetwork { Objective = NetworkObjective.Softmax, Compression = UpdateCompression.Quantized, BatchSize = 5, Epochs = 12, LearningRate = 0.01 },
        "packed-sgd" => new NeuralNetwork { Scheme = FederatedScheme.FedSgd, ServerOptimizer = ServerOptimizer.Adam, Compression = UpdateCompression.Quantized, CompressionBits = 4, BatchSize = 0, Epochs = 12, LearningRate = 0.01 },
        "packed-lossy" => Learner("packed") with { ErrorFeedback = false },
        "packed-few" => Learner("packed") with { CompressionBits = 2, NormBound = 0.05 },
        _ => throw new ArgumentException(name),
    };

    public static TheoryData<string> Names => ["avg", "avg-sgd", "avg-server", "prox", "sgd", "sgd-adam", "cut", "cut-gradient", "packed", "packed-sgd", "packed-lossy", "packed-few"];
}
