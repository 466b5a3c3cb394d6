using Coterie.Core.Parties;
using Coterie.Privacy.SecretSharing;

namespace Coterie.Privacy.EncryptedData;

/// <summary>One party's shares of what a participant brings.</summary>
/// <param name="From">The participant.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Form">Which blocks they are.</param>
/// <param name="Values">The shares, all blocks one after the other.</param>
internal sealed record ArrivedShares(PartyId From, RowShapes Rows, SharedForm Form, ulong[] Values);
