namespace Coterie.Privacy.Sums.SecureAggregation;

/// <summary>The key of one mask and which side of it is applied.</summary>
internal sealed record MaskKey(byte[] Key, bool Subtracts);
