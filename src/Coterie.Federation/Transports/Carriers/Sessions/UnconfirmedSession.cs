using System.Security.Cryptography;

namespace Coterie.Federation.Transports.Carriers.Sessions;

/// <summary>A session that this side has answered and the offerer has not confirmed: nothing is opened with it yet.</summary>
/// <param name="session">The session.</param>
/// <param name="id">Its 32 bytes.</param>
/// <param name="expectedProof">What shows that the offerer has its keys.</param>
internal sealed class UnconfirmedSession(SealedSession session, byte[] id, byte[] expectedProof) : IDisposable
{
    private bool _taken;

    /// <summary>The session.</summary>
    public SealedSession Session { get; } = session;

    /// <summary>Its 32 bytes.</summary>
    public byte[] Id { get; } = id;

    /// <summary>The offerer's proof, 32 bytes.</summary>
    public byte[] ExpectedProof { get; } = expectedProof;

    /// <summary>The session, now the caller's.</summary>
    public SealedSession Take()
    {
        _taken = true;
        return Session;
    }

    /// <summary>Forgets the keys, unless the session was taken.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(ExpectedProof);
        if (!_taken) Session.Dispose();
    }
}
