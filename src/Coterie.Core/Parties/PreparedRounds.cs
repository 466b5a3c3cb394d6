namespace Coterie.Core.Parties;

/// <summary>What was prepared ahead of a run's rounds.</summary>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Peers">Parties that the coordinator prepared them with.</param>
/// <param name="OwnBytes">Bytes that the coordinator keeps.</param>
/// <param name="PeerBytes">Bytes that the others keep, together.</param>
public sealed record PreparedRounds(int Rounds, int Peers, long OwnBytes, long PeerBytes);
