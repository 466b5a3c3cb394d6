using Coterie.Benchmarks.Measuring;

namespace Coterie.Benchmarks.Paillier;

/// <summary>Operations per second.</summary>
internal readonly record struct PaillierRate(double Best, double Median);

/// <summary>Lets contenders take turns at one operation.</summary>
/// <param name="Rounds">Turns of each.</param>
/// <param name="Slice">Shortest turn; one batch at least.</param>
internal sealed record PaillierRace(int Rounds, TimeSpan Slice)
{
    /// <summary>The rates of <paramref name="contenders"/> in their order.</summary>
    /// <exception cref="InvalidOperationException">A result is wrong.</exception>
    public IReadOnlyList<PaillierRate> Run(IReadOnlyList<IPaillierContender> contenders, PaillierOperation operation, PaillierWork work)
    {
        int[] batches = [.. contenders.Select(c => Math.Min(c.BatchOf(operation), work.CountOf(operation)))];
        for (var i = 0; i < contenders.Count; i++)
        {
            contenders[i].Prepare(operation, work);
            PaillierChecks.Verify(contenders[i], operation, work, batches[i]);
            // Warm-up, long enough for the compiler's last tier to arrive in the background.
            Turn(contenders[i], operation, batches[i]);
        }

        List<double>[] rates = [.. contenders.Select(_ => new List<double>())];
        for (var round = 0; round < Rounds; round++)
            for (var i = 0; i < contenders.Count; i++)
                rates[i].Add(Turn(contenders[i], operation, batches[i]) * PaillierWork.ColumnsOf(operation));

        for (var i = 0; i < contenders.Count; i++) PaillierChecks.Verify(contenders[i], operation, work, batches[i]);
        return [.. rates.Select(r => new PaillierRate(r.Max(), Stopwatches.Median(r)))];
    }

    private double Turn(IPaillierContender contender, PaillierOperation operation, int batch)
    {
        var (start, done) = (CpuClock.Thread, 0L);
        TimeSpan time;
        do
        {
            contender.Run(operation, batch);
            done += batch;
            time = CpuClock.Thread - start;
        }
        while (time < Slice);
        return done / time.TotalSeconds;
    }
}
