using Coterie.Cryptography.SecretSharing;

namespace Coterie.Cryptography.SecureAggregation;

/// <summary>What one participant holds for another: one share of each secret, of which it may reveal one and never both.</summary>
/// <param name="SelfMaskSeed">Share of the self-mask seed, revealed when the owner survived.</param>
/// <param name="MaskKey">Share of the mask private key, revealed when the owner dropped out.</param>
public sealed record SharePair(SecretShare SelfMaskSeed, SecretShare MaskKey);
