using Coterie.Core.Learning;
using Coterie.Core.Numerics;

namespace Coterie.Learning.External;

/// <summary>The program that this party has allowed for a learner: whoever holds no such object runs none.</summary>
public interface IExternalPrograms
{
    /// <summary>The command, for messages to this party.</summary>
    string Command { get; }

    /// <summary>Begins a training; what is started in it ends with it.</summary>
    /// <param name="cancellationToken">Ends waiting for a program.</param>
    IExternalTraining Begin(CancellationToken cancellationToken);

    /// <summary>Predictions of a model: n x 1, or n x classes, finite.</summary>
    /// <exception cref="ExternalProgramException">The program did not do as asked.</exception>
    Matrix Predict(ExternalLearner learner, Schema schema, Blocks<Matrix> model, Matrix features);
}

/// <summary>The programs of one training; disposing ends them all.</summary>
public interface IExternalTraining : IDisposable
{
    /// <summary>Starts a program and hands it the rows.</summary>
    /// <exception cref="ExternalProgramException">The program did not do as asked.</exception>
    IExternalProgram Start(ExternalLearner learner, Schema schema, Shard shard);
}

/// <summary>A program that has its rows.</summary>
public interface IExternalProgram
{
    /// <summary>The command, for messages to this party.</summary>
    string Command { get; }

    /// <summary>One round.</summary>
    /// <exception cref="ExternalProgramException">The program did not do as asked.</exception>
    ExternalAnswer Train(Round round, Blocks<Matrix> model);
}
