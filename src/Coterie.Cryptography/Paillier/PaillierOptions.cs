namespace Coterie.Cryptography.Paillier;

/// <summary>How a party computes under Paillier keys.</summary>
/// <param name="Hardened">Whether tables are read whole where an index is secret, so that caches tell nothing about it.</param>
/// <param name="Threads">Threads that work on a batch; 1 or more.</param>
public sealed record PaillierOptions(bool Hardened = true, int Threads = 1)
{
    /// <summary>Hardened, on one thread.</summary>
    public static PaillierOptions Default { get; } = new();
}
