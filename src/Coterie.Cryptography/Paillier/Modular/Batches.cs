namespace Coterie.Cryptography.Paillier.Modular;

/// <summary>Work on many blocks, on as many threads as its owner allows.</summary>
internal static class Batches
{
    /// <summary>Calls <paramref name="work"/> with ranges [from, to) that cover <paramref name="blocks"/> blocks.</summary>
    public static void Run(int blocks, int threads, Action<int, int> work)
    {
        if (threads <= 1 || blocks <= 1)
        {
            if (blocks > 0) work(0, blocks);
            return;
        }
        var parts = Math.Min(blocks, threads);
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part => work(Cut(part), Cut(part + 1)));
        int Cut(int part) => (int)((long)blocks * part / parts);
    }
}
