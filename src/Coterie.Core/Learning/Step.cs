namespace Coterie.Core.Learning;

/// <summary>Where a model moved.</summary>
/// <param name="Model">The model after the step.</param>
/// <param name="Done">The learner has nothing left to do.</param>
/// <param name="Change">Length of the step over max(1, length of the model); stopping compares it with the tolerance.</param>
/// <param name="Loss">The objective at the model before the step, where the contribution carries it.</param>
public sealed record Step<TModel>(TModel Model, bool Done, double Change, double? Loss = null) where TModel : class;
