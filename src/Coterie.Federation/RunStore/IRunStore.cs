using Coterie.Core.Parties;

namespace Coterie.Federation.RunStore;

/// <summary>One party's durable state of a run: checkpoints and the record of what was released.</summary>
public interface IRunStore : ICheckpoints, IOnceOnly;
