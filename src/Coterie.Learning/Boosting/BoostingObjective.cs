namespace Coterie.Learning.Boosting;

/// <summary>What an ensemble of trees predicts, and by which loss of its margin m it is fitted.</summary>
public enum BoostingObjective
{
    /// <summary>A number: (m - y)^2 / 2.</summary>
    Squared,

    /// <summary>One of two classes: log(1 + exp(m)) - y m.</summary>
    Logistic,

    /// <summary>One of several classes: log sum exp(m_k) - m_y, a margin a class.</summary>
    Softmax,
}
