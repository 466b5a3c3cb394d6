using Coterie.Core.Parties;
using Coterie.Federation.Nodes.Approval;

namespace Coterie.Federation.Nodes;

/// <summary>Passes on what a node says without whatever others put into it to steer a terminal.</summary>
internal sealed class PrintableObserver(INodeObserver next) : INodeObserver
{
    /// <inheritdoc/>
    public void Listening(string address) => next.Listening(Printable.Of(address));

    /// <inheritdoc/>
    public void Say(string sentence) => next.Say(Printable.Of(sentence));

    /// <inheritdoc/>
    public void Warn(Exception problem) => next.Warn(problem);

    /// <inheritdoc/>
    public void Report(RunProgress value) => next.Report(value);

    /// <inheritdoc/>
    public Task<bool> ConsentAsync(TaskSummary task, CancellationToken cancellationToken) => next.ConsentAsync(task, cancellationToken);
}
