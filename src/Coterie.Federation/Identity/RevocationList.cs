using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;

namespace Coterie.Federation.Identity;

/// <summary>The certificates that a consortium's authority no longer stands by, signed and numbered. Immutable.</summary>
public sealed class RevocationList
{
    /// <summary>No list is longer: 40,000 entries.</summary>
    public const int MaximumBytes = 4 << 20;

    private const string Purpose = "coterie revocation list v1";
    private const int EntryBytes = 4 + CertificateProfile.SerialBytes + 8;
    private readonly ImmutableDictionary<string, DateTimeOffset> _from;
    private readonly byte[] _encoded;

    private RevocationList(long number, DateTimeOffset issued, ImmutableDictionary<string, DateTimeOffset> from, byte[] encoded)
    {
        Number = number;
        Issued = issued;
        _from = from;
        _encoded = encoded;
    }

    /// <summary>Counts the lists of an authority from 1.</summary>
    public long Number { get; }

    /// <summary>When the authority signed it.</summary>
    public DateTimeOffset Issued { get; }

    /// <summary>How many certificates it names.</summary>
    public int Count => _from.Count;

    /// <summary>The signed list.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>From when on the certificate is not accepted; null when it is not on the list.</summary>
    public DateTimeOffset? RevokedFrom(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return _from.TryGetValue(certificate.SerialNumber, out var from) ? from : null;
    }

    /// <summary>Reads a list and checks that <paramref name="authority"/> signed it.</summary>
    /// <exception cref="IdentityException"><see cref="IdentityReason.Malformed"/> or <see cref="IdentityReason.UnknownAuthority"/>.</exception>
    public static RevocationList Read(ReadOnlySpan<byte> encoded, X509Certificate2 authority)
    {
        ArgumentNullException.ThrowIfNull(authority);
        if (encoded.Length is <= Signatures.Length or > MaximumBytes) throw Malformed();
        var body = encoded[..^Signatures.Length];
        var signature = encoded[^Signatures.Length..];
        if (!Signatures.Verify(authority.PublicKey.ExportSubjectPublicKeyInfo(), body, signature))
            throw new IdentityException(IdentityReason.UnknownAuthority, "The revocation list is not signed by this consortium's authority.");
        try
        {
            var reader = new WireReader(body, default, new StepTag("revocation list"));
            if (reader.ReadText(Purpose.Length) != Purpose || !reader.ReadExactBytes(SHA256.HashSizeInBytes).SequenceEqual(SHA256.HashData(authority.RawData))) throw Malformed();
            var number = reader.ReadInt64();
            var issued = Time(reader.ReadInt64());
            var from = ImmutableDictionary.CreateBuilder<string, DateTimeOffset>(StringComparer.Ordinal);
            for (var left = reader.ReadInt32(0, reader.Remaining / EntryBytes); left > 0; left--)
                from.Add(Convert.ToHexString(reader.ReadExactBytes(CertificateProfile.SerialBytes)), Time(reader.ReadInt64()));
            reader.End();
            return number >= 1 ? new RevocationList(number, issued, from.ToImmutable(), encoded.ToArray()) : throw Malformed();
        }
        catch (Exception error) when (error is ProtocolException or ArgumentException)
        {
            throw Malformed();
        }
    }

    /// <summary>A new authority's list.</summary>
    internal static RevocationList First(DateTimeOffset now, X509Certificate2 authority, PartyIdentity signer) =>
        Sign(1, now, ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal), authority, signer);

    /// <summary>The list after this one. A certificate that is on the list keeps its time where that is earlier.</summary>
    internal RevocationList With(IEnumerable<X509Certificate2> certificates, DateTimeOffset from, DateTimeOffset now, X509Certificate2 authority, PartyIdentity signer)
    {
        var entries = _from.ToBuilder();
        foreach (var certificate in certificates)
            entries[certificate.SerialNumber] = RevokedFrom(certificate) is { } earlier && earlier < from ? earlier : from;
        return Sign(checked(Number + 1), now, entries.ToImmutable(), authority, signer);
    }

    private static RevocationList Sign(long number, DateTimeOffset issued, ImmutableDictionary<string, DateTimeOffset> from, X509Certificate2 authority, PartyIdentity signer)
    {
        var writer = new WireWriter();
        writer.WriteText(Purpose);
        writer.WriteBytes(SHA256.HashData(authority.RawData));
        writer.WriteInt64(number);
        writer.WriteInt64(issued.ToUnixTimeSeconds());
        writer.WriteInt32(from.Count);
        foreach (var (serial, time) in from.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            writer.WriteBytes(Convert.FromHexString(serial));
            writer.WriteInt64(time.ToUnixTimeSeconds());
        }
        var body = writer.ToArray();
        byte[] encoded = [.. body, .. signer.Sign(body)];
        return encoded.Length <= MaximumBytes
            ? new RevocationList(number, Time(issued.ToUnixTimeSeconds()), from, encoded)
            : throw new IdentityException(IdentityReason.Malformed, "The revocation list is full; start a new authority.");
    }

    private static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static IdentityException Malformed() => new(IdentityReason.Malformed, "The revocation list is not one that a consortium's authority writes.");
}
