using System.Net;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Coterie.Federation.Identity;

/// <summary>
/// The authority's requests over HTTPS: join, renew, and the revocation list. None needs a client certificate: joining proves the invitation,
/// renewing is signed, and what is read is public and signed.
/// </summary>
public static class AuthorityEndpoints
{
    /// <summary>Requests that one address may make per minute: a party needs a handful, once a year.</summary>
    public const int RequestsPerMinute = 60;

    /// <summary>Adds the routes below <c>/v1/identity</c>.</summary>
    /// <param name="routes">The server's routes; it has to listen with TLS.</param>
    /// <param name="authority">The authority; outlives the server.</param>
    public static void Map(IEndpointRouteBuilder routes, ConsortiumAuthority authority)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(authority);
        var limiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetFixedWindowLimiter(
            PartOf(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions { PermitLimit = RequestsPerMinute, Window = TimeSpan.FromMinutes(1) }));
        void Get(string path, Func<Task<byte[]>> answer) => routes.MapGet(path, (RequestDelegate)(context => AnswerAsync(context, limiter, answer)));
        void Post(string path, Func<byte[], CancellationToken, Task<IdentityGrant>> answer) => routes.MapPost(path, (RequestDelegate)(context => AnswerAsync(
            context, limiter, async () => (await answer(await ReadAsync(context.Request, context.RequestAborted), context.RequestAborted)).Encode())));

        Get(IdentityRoutes.Authority, () => Task.FromResult(new IdentityGrant([], authority.Certificate.ToArray(), authority.Revocations().Encoded.ToArray()).Encode()));
        Get(IdentityRoutes.Revocations, () => Task.FromResult(authority.Revocations().Encoded.ToArray()));
        Post(IdentityRoutes.Join, (body, stop) => authority.IssueAsync(JoinRequest.Decode(body), stop));
        Post(IdentityRoutes.Renew, (body, stop) => authority.RenewAsync(RenewRequest.Decode(body), stop));
    }

    private static async Task AnswerAsync(HttpContext context, PartitionedRateLimiter<HttpContext> limiter, Func<Task<byte[]>> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        using var lease = limiter.AttemptAcquire(context);
        try
        {
            if (!lease.IsAcquired) throw new IdentityException(IdentityReason.TooManyRequests, "Too many requests from this address; try again in a minute.");
            var bytes = await answer();
            context.Response.ContentType = IdentityRoutes.ContentType;
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
        catch (IdentityException refusal)
        {
            context.Response.StatusCode = refusal.Reason == IdentityReason.TooManyRequests ? StatusCodes.Status429TooManyRequests : StatusCodes.Status403Forbidden;
            context.Response.Headers[IdentityRoutes.ReasonHeader] = refusal.Reason.ToString();
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(refusal.Message), context.RequestAborted);
        }
        catch (BadHttpRequestException refusal)
        {
            context.Response.StatusCode = refusal.StatusCode;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        const int Maximum = IdentityRoutes.MaximumRequestBytes;
        // Servers without the feature are bounded by the loop below.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = Maximum;
        if (request.ContentLength > Maximum) throw TooLarge();
        var buffer = new byte[Maximum + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= Maximum ? buffer[..length] : throw TooLarge();
    }

    private static BadHttpRequestException TooLarge() => new("The request is too large.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>An address, or the /64 network of an IPv6 address, of which one machine can have all.</summary>
    private static string PartOf(IPAddress? address)
    {
        if (address is null) return "";
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 8)));
    }
}
