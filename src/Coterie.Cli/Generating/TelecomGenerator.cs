using System.Globalization;
using System.Text;
using Coterie.Core.Randomness;

namespace Coterie.Cli.Generating;

/// <summary>
/// Made-up days of radio cells of five operators: twelve figures of a cell, and what became of it: a fault of its hardware (one in sixty), whether it sleeps, that is, serves nobody without an alarm (one in ninety), and its rate of
/// dropped calls. Causes are the same everywhere; operators differ in climate, vendors, technology, age and in what they report, so that each alone sees little of some causes.
/// </summary>
internal static class TelecomGenerator
{
    /// <summary>Made-up makers of equipment.</summary>
    public static IReadOnlyList<string> Vendors { get; } = ["aurora", "borealis", "cirrus"];

    /// <summary>The columns, targets last.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "vendor", "technology", "site_age", "temperature", "supply_alarms", "restarts", "utilisation", "users", "interference", "handover_failures", "setup_failures", "traffic_ratio",
        "hardware_fault", "sleeping_cell", "dropped_call_rate",
    ];

    private static readonly Operator[] Operators =
    [
        new("fjordcom", 0.24, 14, [0.7, 0.2, 0.1], 0.35, 7, 0.6, 0.0, -0.2, 1.0, 1.0),
        new("plainsnet", 0.15, 22, [0.2, 0.7, 0.1], 0.15, 11, 0.5, 0.3, 0.4, 0.4, 1.0),
        new("metrotel", 0.36, 27, [0.4, 0.4, 0.2], 0.60, 4, 0.1, -0.4, 0.0, 1.0, 1.0),
        new("sandcell", 0.09, 41, [0.1, 0.3, 0.6], 0.25, 9, 0.7, -0.2, 0.3, 1.0, 0.3),
        new("isleband", 0.16, 31, [0.3, 0.1, 0.6], 0.30, 6, 0.4, 0.1, -0.1, 0.8, 0.9),
    ];

    /// <summary>Each operator's table as CSV, by its name.</summary>
    /// <param name="rows">Rows of all operators together; at least 100.</param>
    /// <param name="seed">The same rows for the same seed.</param>
    public static IEnumerable<(string Name, string Csv)> Generate(int rows, ulong seed)
    {
        for (var k = 0; k < Operators.Length; k++)
        {
            var random = new SeededRandom(seed, (ulong)k);
            var text = new StringBuilder(string.Join(',', Columns)).Append('\n');
            for (var i = Math.Max(20, (int)(rows * Operators[k].Share)); i > 0; i--) text.AppendJoin(',', Cell(Operators[k], random)).Append('\n');
            yield return (Operators[k].Name, text.ToString());
        }
    }

    private static string[] Cell(Operator of, SeededRandom random)
    {
        var vendor = Draw(of.Vendors, random);
        var (isNew, isRural) = (random.NextDouble() < of.NewRadio, random.NextDouble() < of.Rural);
        var age = isNew ? 3 * random.NextDouble() : Math.Max(0.1, of.Age * -Math.Log(1 - random.NextDouble()) * 0.9);
        var temperature = of.Climate + (7 * random.NextGaussian()) + (isRural ? 0 : 2);
        var alarms = Count(isRural ? 0.35 : 0.12, random);
        var restarts = Count(0.25 + (vendor == 2 ? 0.35 : 0) + (0.3 * alarms), random);
        var busy = Math.Clamp((isRural ? 0.2 : 0.45) + (0.2 * random.NextGaussian()), 0.01, 1);
        var interference = -112 + (isRural ? 2 : 7) + (6 * busy) + (2.5 * random.NextGaussian());

        // Heat matters above 38 degrees and more to old equipment; one vendor's supply does not stand alarms; many restarts announce a fault.
        var heat = Math.Max(0, temperature - 38);
        var hasFault = Happens(-5.0 + of.Faults + (0.16 * heat) + (0.02 * heat * Math.Min(age, 15)) + (vendor == 1 ? 1.3 * alarms : 0.35 * alarms) + (0.6 * Math.Max(0, restarts - 1)) + (isNew ? -0.5 : 0), random);
        // The newer software of one vendor sleeps after restarts; elsewhere it is rare.
        var isAsleep = !hasFault && Happens(-5.2 + of.Sleepers + (vendor == 2 && isNew ? 1.4 + (0.9 * restarts) : 0.25 * restarts) + (busy < 0.1 ? 0.8 : 0), random);

        var ratio = isAsleep ? 0.25 * Math.Exp(0.9 * random.NextGaussian()) : Math.Exp((isRural ? 0.45 : 0.22) * random.NextGaussian()) * (random.NextDouble() < 0.03 ? 0.3 : 1);
        var users = Math.Max(0, Math.Round(busy * (isRural ? 60 : 240) * Math.Min(1.5, ratio) * (isAsleep ? 0.4 : 1) * Math.Exp(0.3 * random.NextGaussian())));
        var handover = Percent(-4.3 + (0.09 * (interference + 108)) + (hasFault ? 0.9 : 0) + (0.35 * random.NextGaussian()));
        var setup = isAsleep && random.NextDouble() < 0.6 ? 0 : Percent(-4.6 + (2.2 * Math.Pow(busy, 3)) + (hasFault ? 1.1 : 0) + (0.4 * random.NextGaussian()));
        var dropped = Percent(-4.9 + (0.11 * (interference + 108)) + (0.12 * handover) + (1.8 * Math.Max(0, busy - 0.7)) + (hasFault ? 1.0 : 0) + (isNew ? -0.4 : 0) + (0.2 * random.NextGaussian()));

        static string Number(double value, int digits) => Math.Round(value, digits).ToString(CultureInfo.InvariantCulture);
        return
        [
            Vendors[vendor], isNew ? "nr" : "lte", Number(age, 1),
            random.NextDouble() < of.Thermometers ? Number(temperature, 1) : "",
            random.NextDouble() < of.Alarms ? Number(alarms, 0) : "",
            Number(restarts, 0), Number(busy, 3), Number(users, 0), Number(interference, 1), Number(handover, 2), Number(setup, 2), Number(Math.Min(ratio, 20), 3),
            hasFault ? "1" : "0", isAsleep ? "1" : "0", Number(dropped, 3),
        ];
    }

    private static int Draw(double[] shares, SeededRandom random)
    {
        var point = random.NextDouble();
        for (var i = 0; i < shares.Length - 1; i++)
            if ((point -= shares[i]) < 0) return i;
        return shares.Length - 1;
    }

    /// <summary>Poisson, by products of uniform numbers (Knuth); means here are small.</summary>
    private static int Count(double mean, SeededRandom random)
    {
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        for (; product > limit && count < 20; count++) product *= random.NextDouble();
        return count;
    }

    private static bool Happens(double logit, SeededRandom random) => random.NextDouble() < 1 / (1 + Math.Exp(-logit));

    private static double Percent(double logit) => 100 / (1 + Math.Exp(-logit));
}
