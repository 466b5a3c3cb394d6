using System.Collections.Immutable;

namespace Coterie.Core.Parties;

/// <summary>A party of a run: its name, its role and its identity key.</summary>
/// <param name="Id">The name.</param>
/// <param name="Role">The role.</param>
/// <param name="IdentityKey">ECDSA P-256 public key, SubjectPublicKeyInfo.</param>
public sealed record Party(PartyId Id, PartyRole Role, ImmutableArray<byte> IdentityKey);
