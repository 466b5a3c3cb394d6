namespace Coterie.Benchmarks.SecureSums;

/// <summary>One sum to run.</summary>
/// <param name="Participants">At least 3.</param>
/// <param name="Length">Values each adds.</param>
/// <param name="DropOuts">The fraction that shares its keys and then vanishes, before the masked input; rounded down.</param>
/// <param name="IsSecure">Under <c>secure-aggregation</c>, or in clear.</param>
internal sealed record SumCase(int Participants, int Length, double DropOuts, bool IsSecure)
{
    public int Dropped => (int)(DropOuts * Participants);
}

/// <summary>What a sum cost.</summary>
/// <param name="ParticipantCpu">Processor seconds of a participant that stayed, mean.</param>
/// <param name="CoordinatorCpu">Processor seconds of the coordinator.</param>
/// <param name="OtherCpu">Of the process beyond all parties: the pool, the timers, the compiler.</param>
/// <param name="Wall">Seconds on the wall for all parties together.</param>
/// <param name="Sent">Bytes a participant that stayed sent, mean.</param>
/// <param name="Received">Bytes addressed to it, mean.</param>
internal sealed record SumFigures(double ParticipantCpu, double CoordinatorCpu, double OtherCpu, double Wall, double Sent, double Received);
