namespace Coterie.Federation.Identity;

/// <summary>A consortium's authority as a party sees it: in a folder of this machine, or behind a server.</summary>
internal interface IIdentityAuthority
{
    /// <summary>Answers a request for a first certificate.</summary>
    /// <exception cref="IdentityException">The request is refused.</exception>
    Task<IdentityGrant> JoinAsync(JoinRequest request, CancellationToken cancellationToken);

    /// <summary>Answers a request for the next certificate.</summary>
    /// <exception cref="IdentityException">The request is refused.</exception>
    Task<IdentityGrant> RenewAsync(RenewRequest request, CancellationToken cancellationToken);

    /// <summary>The revocation list as it is now, signed.</summary>
    Task<byte[]> RevocationsAsync(CancellationToken cancellationToken);
}
