namespace Coterie.Core.Learning;

/// <summary>What a learner's compressed contributions save and cost, from public terms alone.</summary>
/// <param name="Uncompressed">The same learner with one entry per number.</param>
/// <param name="Error">
/// Root mean square of what compression changes in a contribution, over the length of what was to be sent: as the grid predicts it for participants whose
/// contributions are equally long. No row enters into it.
/// </param>
/// <param name="HasFeedback">Whether what compression takes is sent in later rounds.</param>
public sealed record ContributionCompression(ILearner Uncompressed, double Error, bool HasFeedback);
