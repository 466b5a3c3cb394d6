using Coterie.Core.Learning;
using Coterie.Learning;
using Coterie.Learning.Kernels;
using Coterie.Learning.Neural;
using Coterie.Learning.Preprocessing;
using Coterie.Learning.SupportVectors;

namespace Coterie.Tests.Learning;

/// <summary>The terms parties sign tell any two settings apart.</summary>
public sealed class TermsTests
{
    [Fact]
    public void Terms_AnyParameterChanged_Differ()
    {
        ISummed[] all =
        [
            new RidgeRegression(1), new RidgeRegression(2), new RidgeRegression(1, true), new RidgeDescent(1), new RidgeDescent(1, 0.2),
            new LogisticRegression(1), new LogisticRegression(2), new LogisticRegression(1, LogisticPenalty.None),
            new LogisticRegression(1) { ClassWeights = ClassWeights.Balanced }, new LogisticRegression(1) { ClassWeights = ClassWeights.Of([new("a", 2)]) },
            new LogisticRegression(1) { ClassWeights = ClassWeights.Of([new("a", 3)]) }, new LogisticDescent(1), new LogisticDescent(1, Step: 0.2),
            new MultinomialLogisticRegression(1), new MultinomialLogisticRegression(2), new MultinomialLogisticRegression(1) { ClassWeights = ClassWeights.Balanced },
            new ElasticNet(1), new ElasticNet(2), new ElasticNet(1, 1), new RidgeRegression(1) { Name = "kernel-regression" },
            new SupportVectorMachine(1), new SupportVectorMachine(2), new SupportVectorMachine(1, SupportVectorLoss.SquaredHinge), new SupportVectorMachine(1) { Name = "budget-svm" },
            new SupportVectorMachine(1) { ClassWeights = ClassWeights.Balanced }, new SupportVectorDescent(1), new SupportVectorDescent(2), new SupportVectorDescent(1, 2),
            new SupportVectorDescent(1) { ClassWeights = ClassWeights.Balanced }, new SupportVectorAveraging(1), new SupportVectorAveraging(2), new SupportVectorAveraging(1, 0.2),
            new SupportVectorAveraging(1, LocalEpochs: 2), new SupportVectorAveraging(1) { ClassWeights = ClassWeights.Balanced },
            new MulticlassSupportVectorMachine(1), new MulticlassSupportVectorMachine(2), new MulticlassSupportVectorMachine(1, SupportVectorLoss.SquaredHinge),
            new MulticlassSupportVectorMachine(1) { ClassWeights = ClassWeights.Balanced }, new MulticlassSupportVectorDescent(1), new MulticlassSupportVectorDescent(2),
            new MulticlassSupportVectorDescent(1, 2), new MulticlassSupportVectorDescent(1) { ClassWeights = ClassWeights.Balanced },
            new RbfFeatures(10), new RbfFeatures(11), new RbfFeatures(10, 1), new RbfFeatures(10, source: CentroidSource.KMeans), new RbfFeatures(10, isNormalized: true),
            new KMeans(3), new KMeans(4), new KMeans(3, 11), new KMeans(3, starts: KMeansStarts.Box),
            new NeuralNetwork(), new NeuralNetwork { Hidden = [] }, new NeuralNetwork { Hidden = [1, 6] }, new NeuralNetwork { Activation = Activation.Tanh },
            new NeuralNetwork { Objective = NetworkObjective.Softmax }, new NeuralNetwork { Scheme = FederatedScheme.FedSgd }, new NeuralNetwork { Optimizer = LocalOptimizer.Sgd },
            new NeuralNetwork { LearningRate = 1 }, new NeuralNetwork { Momentum = 0.5 }, new NeuralNetwork { IsNesterov = true }, new NeuralNetwork { BatchSize = 1 },
            new NeuralNetwork { Epochs = 1 }, new NeuralNetwork { LocalEpochs = 2 }, new NeuralNetwork { Alpha = 1 }, new NeuralNetwork { Proximal = 1 },
            new NeuralNetwork { ServerOptimizer = ServerOptimizer.Adam }, new NeuralNetwork { ServerLearningRate = 1 }, new NeuralNetwork { NormBound = 1 },
            new NeuralNetwork { Compression = UpdateCompression.Quantized }, new NeuralNetwork { CompressionBits = 2 },
            new HiddenNetwork(), new HiddenNetwork { Hidden = 5 }, new HiddenNetwork { Activation = Activation.Tanh }, new HiddenNetwork { Objective = NetworkObjective.Logistic }, new HiddenNetwork { LearningRate = 1 },
            new HiddenNetwork { Momentum = 0.5 }, new HiddenNetwork { IsNesterov = true }, new HiddenNetwork { Epochs = 1 }, new HiddenNetwork { Alpha = 1 },
            new Standardize(), new RemoveConstant(), new MinMax(), new Impute(), new Impute(ImputeStrategy.Median),
            new OneHot([]), new OneHot(["a"]), new OneHot(["a", "b"]), new OneHot(["a,b"]), new OneHot([], true),
            new SchemaAgreement(LearningTask.Regression), new SchemaAgreement(LearningTask.Clustering),
        ];
        Assert.Equal(all.Length, all.Select(s => s.Terms).Distinct().Count());
    }
}
