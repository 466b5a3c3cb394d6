using Coterie.Benchmarks.Measuring;
using Coterie.Benchmarks.Paillier.Gmp;
using Coterie.Benchmarks.Reports;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Benchmarks.Paillier;

/// <summary>Paillier operations per second, implementations taking turns.</summary>
internal static class PaillierBenchmark
{
    /// <summary>The subcommand.</summary>
    public const string Name = "paillier";

    private const string Method = """
        g = n + 1; encryption with random exponents of |n|/2 bits on h_s = h^n, h = -y^2; re-randomisation with exponents of |n| + 80 bits on an evaluator's own
        y^n; decryption by CRT. One thread on one core, processor time. For each operation the implementations take turns, round by round, a batch of operations
        after the other until a round is long enough; `best` and `median` are operations per second over the rounds (of a matrix: entries per second). `of GMP`
        is the median beside the quickest GMP row of the first two kinds below, which is GMP as it is commonly used; `of any GMP` beside the quickest of all three. Randomness is drawn from the operating system in the time. Results are checked against the framework's
        big integers before and after the rounds.

        Additions, scalings and matrix products start and end in the implementation's own form of ciphertexts, encryption ends and decryption starts with ordinary numbers.
        The GMP rows call the C library directly, without allocation: `product and division` is `mpz_mul` and `mpz_tdiv_r` without their bookkeeping, `mpz_powm` for
        exponentiations and `mpz_powm_sec` in constant time; `Montgomery` keeps ciphertexts in Montgomery's form and uses the functions inside `mpz_powm`; `two digits`
        writes residues modulo n^2 as a + b n, whose product takes five operations of half the size instead of eight. Fixed-base tables have windows of 8 bits and are looked up
        directly. A matrix product by entries is one `mpz_powm` each; otherwise Straus's interleaving with signed digits and tables
        shared by all rows, computed in the time; with few columns a table for each digit's position saves the squarings.
        `BigInteger` draws the same exponents and has no tables. `Coterie` is this project's engine on the best instructions there are, with everything secret protected:
        whole tables are read in encryption, scaling, re-randomisation and products, decryption is in constant time. `Coterie, open` looks tables up directly, as GMP's rows do;
        the rows below it are the protected engine without AVX-512, and without any vectors.
        """;

    /// <summary>Everything the options name.</summary>
    /// <exception cref="DllNotFoundException">GMP is missing.</exception>
    public static Report Run(PaillierOptions options)
    {
        GmpLibrary.Require();
        var report = new Report(Name, "Paillier operations per second", Method);
        report.Add($"GMP {GmpLibrary.Version}, {GmpLibrary.Origin}.");
        using var core = OneCore.TryEnter();
        if (core is null) report.Add("Not kept on one core: the system does not allow it.");
        foreach (var key in options.Keys())
        {
            report.Add($"## {key.Bits} bits");
            report.Add(Measure(key, options.Quick));
        }
        return report;
    }

    /// <summary>Who takes part; every one is disposed by the caller.</summary>
    private static IReadOnlyList<IPaillierContender> Contenders(PaillierKey key) =>
        [.. Enum.GetValues<GmpForm>().Select(form => new GmpPaillier(key, form)), new BigIntegerPaillier(key), new CoteriePaillier(key, hardened: true, EngineKind.Best), new CoteriePaillier(key, hardened: false, EngineKind.Best),
            .. ModularEngines.Supported.Skip(1).Select(kind => new CoteriePaillier(key, hardened: true, kind))];

    private static MarkdownTable Measure(PaillierKey key, bool quick)
    {
        var work = new PaillierWork(key);
        var table = new MarkdownTable("operation", "implementation", "best /s", "median /s", "of GMP", "of any GMP", "tables, MB");
        var contenders = Contenders(key);
        var race = quick ? new PaillierRace(2, TimeSpan.FromMilliseconds(30)) : new PaillierRace(7, TimeSpan.FromMilliseconds(200));
        foreach (var operation in Enum.GetValues<PaillierOperation>().Where(o => !quick || o != PaillierOperation.LargeMatrix))
        {
            Console.Error.WriteLine($"{key.Bits} bits, {Label(operation)}");
            IPaillierContender[] able = [.. contenders.Where(c => c.Offers(operation))];
            var rates = race.Run(able, operation, work);
            double Quickest(Func<GmpPaillier, bool> among) => able.Zip(rates).Where(r => r.First is GmpPaillier gmp && among(gmp)).Max(r => r.Second.Median);
            var (common, any) = (Quickest(g => g.Form != GmpForm.TwoDigits), Quickest(_ => true));
            foreach (var (contender, rate) in able.Zip(rates))
                table.Add(
                    Label(operation), contender.Name, Rate(rate.Best), Rate(rate.Median), Figures.Ratio(rate.Median / common), Figures.Ratio(rate.Median / any),
                    Megabytes(contender.TableBytes(operation)));
        }
        foreach (var contender in contenders) contender.Dispose();
        return table;
    }

    private static string Rate(double rate) => rate >= 100 ? Figures.Count(rate) : Figures.Three(rate);

    private static string Megabytes(long bytes) => bytes == 0 ? "" : Figures.Three(bytes / 1e6);

    private static string Label(PaillierOperation operation) => operation switch
    {
        PaillierOperation.Encrypt => "encrypt",
        PaillierOperation.EncryptAsOwner => "encrypt, key owner",
        PaillierOperation.Decrypt => "decrypt",
        PaillierOperation.DecryptConstantTime => "decrypt, constant time",
        PaillierOperation.Add => "add",
        PaillierOperation.Scale => "times 53-bit scalar",
        PaillierOperation.Rerandomise => "re-randomise against key owner",
        PaillierOperation.MatrixByEntries => "matrix 442 x 10 by entries, entry",
        PaillierOperation.SmallMatrix => "matrix 442 x 10, entry",
        _ => "matrix 1,000 x 100, entry",
    };
}
