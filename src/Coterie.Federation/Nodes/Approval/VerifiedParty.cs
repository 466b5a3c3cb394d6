using Coterie.Core.Parties;

namespace Coterie.Federation.Nodes.Approval;

/// <summary>A party whose certificate was checked.</summary>
/// <param name="Party">Name, role and key.</param>
/// <param name="Fingerprint">SHA-256 of the certificate, 64 lower-case hexadecimal digits.</param>
public sealed record VerifiedParty(Party Party, string Fingerprint);
