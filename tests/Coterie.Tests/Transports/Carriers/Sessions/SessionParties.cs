using Coterie.Core.Parties;
using Coterie.Federation.Identity;

namespace Coterie.Tests.Transports.Carriers.Sessions;

/// <summary>Identities that a class of tests shares: a, b and c of one consortium, a coordinator, and a b of another.</summary>
public sealed class SessionParties : IAsyncLifetime
{
    private readonly TestConsortium _consortium = new();
    private readonly TestConsortium _other = new();

    internal NodeIdentity A { get; private set; } = null!;

    internal NodeIdentity B { get; private set; } = null!;

    internal NodeIdentity C { get; private set; } = null!;

    internal NodeIdentity Coordinator { get; private set; } = null!;

    internal NodeIdentity StrangerB { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        (A, B, C) = (await _consortium.JoinAsync("a"), await _consortium.JoinAsync("b", PartyRole.Helper), await _consortium.JoinAsync("c"));
        Coordinator = await _consortium.JoinAsync("coordinator", PartyRole.Coordinator);
        StrangerB = await _other.JoinAsync("b");
    }

    public Task DisposeAsync()
    {
        _consortium.Dispose();
        _other.Dispose();
        return Task.CompletedTask;
    }
}
