using System.Text.Json;
using Coterie.Core.Parties;

namespace Coterie.Cli.Output;

/// <summary>What was prepared, as JSON.</summary>
internal static class PreparedJson
{
    /// <summary>Writes the members of an open object.</summary>
    public static void WriteMembers(Utf8JsonWriter json, PreparedRounds prepared)
    {
        json.WriteNumber("rounds", prepared.Rounds);
        json.WriteNumber("peers", prepared.Peers);
        json.WriteNumber("coordinator_bytes", prepared.OwnBytes);
        json.WriteNumber("peer_bytes", prepared.PeerBytes);
    }

    /// <summary>Reads them.</summary>
    public static PreparedRounds Read(JsonElement json) => new(
        json.GetProperty("rounds").GetInt32(), json.GetProperty("peers").GetInt32(), json.GetProperty("coordinator_bytes").GetInt64(), json.GetProperty("peer_bytes").GetInt64());
}
