namespace Coterie.Core.Learning;

/// <summary>Runs a learner over arithmetic that has nobody to wait for.</summary>
public static class AtOnce
{
    /// <summary>The result of a learner's step.</summary>
    /// <exception cref="InvalidOperationException">The learner waits on something of its own.</exception>
    public static T Of<T>(ValueTask<T> step) =>
        step.IsCompleted ? step.GetAwaiter().GetResult() : throw new InvalidOperationException("A learner awaits its arithmetic and nothing else.");
}
