namespace Coterie.Federation.Identity;

/// <summary>Where and how the identity requests travel.</summary>
internal static class IdentityRoutes
{
    public const string Authority = "/v1/identity/authority";
    public const string Join = "/v1/identity/join";
    public const string Renew = "/v1/identity/renew";
    public const string Revocations = "/v1/identity/revocations";

    /// <summary>Names the reason of a refusal; the body has the sentence.</summary>
    public const string ReasonHeader = "Coterie-Reason";

    public const string ContentType = "application/octet-stream";

    /// <summary>A request is two certificates and a signature at most.</summary>
    public const int MaximumRequestBytes = 16 << 10;
}
