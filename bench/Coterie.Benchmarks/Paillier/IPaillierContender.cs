using System.Numerics;

namespace Coterie.Benchmarks.Paillier;

/// <summary>
/// One implementation of Paillier with g = n + 1 under a key and on work that all contenders share. Inputs are brought into its own form by <see cref="Prepare"/>,
/// outside the time; results stay in that form, except ciphertexts of encryption and plaintexts, which are ordinary numbers. Single-threaded.
/// </summary>
internal interface IPaillierContender : IDisposable
{
    /// <summary>As the table shows it.</summary>
    string Name { get; }

    /// <summary>Of the modulus n.</summary>
    int Bits { get; }

    /// <summary>Whether the operation is there.</summary>
    bool Offers(PaillierOperation operation);

    /// <summary>Operations in one <see cref="Run"/> that suit the implementation, at most <see cref="PaillierWork.CountOf"/>; for a matrix its rows.</summary>
    int BatchOf(PaillierOperation operation);

    /// <summary>Takes the inputs, makes tables and room for results. Not timed; once per operation.</summary>
    void Prepare(PaillierOperation operation, PaillierWork work);

    /// <summary>The first <paramref name="count"/> operations of the prepared work (of a matrix: rows), with fresh randomness. Timed.</summary>
    void Run(PaillierOperation operation, int count);

    /// <summary>Result <paramref name="index"/> of the last run as an ordinary number. Not timed.</summary>
    BigInteger ReadResult(PaillierOperation operation, int index);

    /// <summary>Memory of the tables the operation looks up.</summary>
    long TableBytes(PaillierOperation operation);
}
