using Coterie.Core.Parties;

namespace Coterie.Federation.RunStore;

internal static class ClaimErrors
{
    public static ProtocolException AlreadyReleased(string key) => new(
        ProtocolErrorCode.AlreadyReleased, $"{key} was released before in another form; releasing it again would give a contribution away.", key);
}
