namespace Coterie.Federation.RunStore;

/// <summary>How far a run has come at this party. The numbers are stored: new states go to the end.</summary>
public enum RunState
{
    /// <summary>The task is known and waits for an answer.</summary>
    Offered,

    /// <summary>This party takes part; the run has not begun.</summary>
    Accepted,

    /// <summary>This party takes no part.</summary>
    Declined,

    /// <summary>The run has begun; after a restart it goes on.</summary>
    Running,

    /// <summary>The run reached its end.</summary>
    Finished,

    /// <summary>The run ended without a result, for the reason in its record.</summary>
    Failed,
}
