using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Approval;

namespace Coterie.Federation.Nodes;

/// <summary>Whoever started a node and watches it: a person at a terminal, or a program.</summary>
public interface INodeObserver : IProgress<RunProgress>
{
    /// <summary>The node listens there.</summary>
    void Listening(string address);

    /// <summary>Something people want to know: a sentence without rows, models or keys.</summary>
    void Say(string sentence);

    /// <summary>Something is wrong with this party's own files or settings; the message may quote them, and goes nowhere else.</summary>
    void Warn(Exception problem);

    /// <summary>Asks whether to take part in a task; false where nobody can be asked and nobody has agreed beforehand.</summary>
    Task<bool> ConsentAsync(TaskSummary task, CancellationToken cancellationToken);
}
