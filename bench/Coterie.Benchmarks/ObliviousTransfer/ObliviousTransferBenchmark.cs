using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Reports;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Benchmarks.ObliviousTransfer;

/// <summary>Base transfers, extension, products and triples, beside what their AES alone costs.</summary>
internal static class ObliviousTransferBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "oblivious-transfer";

    private const string Method = """
        Processor time of the receiver and of the sender of transfers, one thread, medians of 11 after 5; transfers per second are those of one core that does
        both parties' work. Bytes are what each party sends. `AES floor` is the time of the AES blocks that both parties need, at the rate of the
        first line: what is left to gain. `in clear` is the plain row: the product of the same numbers by a loop.
        """;

    public static Report Run()
    {
        var report = new Report(Name, "Oblivious transfer beside its AES", Method);
        var buffer = new UInt128[1024];
        using var aes = new Aes128(1);
        var block = Stopwatches.Kernel(() => aes.Encrypt(buffer)) / buffer.Length;
        report.Add($"AES-128 on 16 KiB in the first-level cache: {Figures.Three(16e-9 / block)} GB/s.");
        report.Add(Transfers(block));
        report.Add(Products(block));
        return report;
    }

    private static MarkdownTable Transfers(double block)
    {
        var table = new MarkdownTable("transfers", "count", "receiver", "sender", "per second", "AES floor", "receiver sends", "sender sends");
        using var work = new TransferWork();
        void Add(string what, int count, TransferCost cost, double blocks) => table.Add(
            what, Figures.Count(count), Figures.Seconds(cost.Receiver), Figures.Seconds(cost.Sender), Figures.Count(count / (cost.Receiver + cost.Sender)),
            blocks == 0 ? "" : Figures.Seconds(blocks * count * block), Figures.Count(cost.Received), Figures.Count(cost.Sent));
        Add("base, P-256", BaseTransferSender.Count, TransferWork.Base(), 0);
        const int Million = 1_000_000;
        foreach (var count in (int[])[10_000, Million])
        {
            // Three blocks of streams; hashes are two blocks each.
            Add("correlated, 128 bits", count, work.Batch(count, s => Nothing(s.TakeCorrelated()), (r, _) => r.TakeCorrelated()), 3);
            Add("random, 128 bits", count, work.Batch(count, s => Nothing(s.TakeRandom()), (r, _) => r.TakeRandom()), 9);
        }
        var (zero, one) = (new UInt128[Million], new UInt128[Million]);
        Add("chosen, 128 bits", Million, work.Batch(Million, s => s.TakeChosen(zero, one), (r, m) => r.TakeChosen(m)), 9);
        foreach (var (count, length) in ((int, int)[])[(Million, 1), (10_000, 100), (1_000, 1_000)])
        {
            var vectors = new ulong[count * length];
            Add($"ring vectors of {Figures.Count(length)}", count, work.Batch(count, s => s.TakeRing(vectors, length).Message, (r, m) => r.TakeRing(length, m)), 3 + (3 * (1 + ((length + 1) / 2))));
        }
        return table;
    }

    private static MarkdownTable Products(double block)
    {
        var table = new MarkdownTable("product", "bits of the right factor", "receiver (right factor)", "sender (left factor)", "AES floor", "in clear", "receiver sends", "sender sends");
        using var work = new TransferWork();
        foreach (var (rows, inner, columns) in ((int, int, int)[])[(100, 100, 1), (1_000, 100, 1), (100, 100, 10)])
            foreach (var bits in (int[])[64, 40])
                Add($"{Figures.Count(rows)} x {inner} by {inner} x {columns}", ProductShape.Matrix(rows, inner, columns, bits), rows, Clear(rows, inner, columns));
        var vectors = ProductShape.Entrywise(10_000);
        Add("10,000 entrywise", vectors, 1, 0);
        var cost = work.Product(vectors);
        var both = cost.Receiver + cost.Sender;
        table.Add($"**{Figures.Count(10_000 / (2 * both))} entrywise triples per second** (two products each, one core for both parties; {Figures.Count((cost.Received + cost.Sent) / 10_000)} bytes sent by each party)", "", "", "", "", "", "", "");
        return table;

        void Add(string what, ProductShape shape, int length, double clear)
        {
            var measured = work.Product(shape);
            var blocks = (double)shape.Transfers * (3 + (3 * (1 + ((length + 1) / 2))));
            table.Add(
                what, $"{shape.Bits}", Figures.Seconds(measured.Receiver), Figures.Seconds(measured.Sender), Figures.Seconds(blocks * block),
                clear == 0 ? "" : Figures.Seconds(clear), Figures.Count(measured.Received), Figures.Count(measured.Sent));
        }
    }

    private static double Clear(int rows, int inner, int columns)
    {
        var (left, right, product) = (new ulong[rows * inner], new ulong[inner * columns], new ulong[rows * columns]);
        return Stopwatches.Kernel(() =>
        {
            for (var r = 0; r < rows; r++)
                for (var c = 0; c < columns; c++)
                {
                    var sum = 0UL;
                    for (var k = 0; k < inner; k++) sum = unchecked(sum + (left[(r * inner) + k] * right[(k * columns) + c]));
                    product[(r * columns) + c] = sum;
                }
        });
    }

    private static byte[] Nothing<T>(T output)
    {
        GC.KeepAlive(output);
        return [];
    }
}
