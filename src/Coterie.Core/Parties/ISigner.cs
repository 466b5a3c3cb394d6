namespace Coterie.Core.Parties;

/// <summary>A party's identity key, for signing only.</summary>
public interface ISigner
{
    /// <summary>Signs <paramref name="data"/> (ECDSA P-256, SHA-256, IEEE P1363 form: 64 bytes).</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}
