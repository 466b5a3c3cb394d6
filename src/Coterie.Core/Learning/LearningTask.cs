namespace Coterie.Core.Learning;

/// <summary>What a learner predicts.</summary>
public enum LearningTask
{
    /// <summary>A number.</summary>
    Regression,

    /// <summary>One of two classes; predictions are the probability of the second.</summary>
    BinaryClassification,

    /// <summary>One of several classes; predictions are a probability per class.</summary>
    MulticlassClassification,

    /// <summary>A cluster; predictions are its index.</summary>
    Clustering,
}
