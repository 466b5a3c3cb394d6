using Coterie.Federation.Runs;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Testing;

namespace Coterie.Conformance.Learners;

/// <summary>k-means with 50 restarts and five participants, in clear and masked, against <c>kmeans.json</c>.</summary>
public sealed class KMeansReferenceTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            if (!References.Present) return new TheoryData<string, string> { { "", "" } };
            foreach (var entry in References.Results("kmeans.json").GetProperty("results").EnumerateObject())
                foreach (var mode in Runs.Modes.Take(2)) cases.Add(entry.Name, mode.Mode);
            return cases;
        }
    }

    [ReferenceTheory]
    [MemberData(nameof(Cases))]
    public async Task RunAsync_FiveParticipants_ReachesTheBestInertiaKnown(string name, string mode)
    {
        var expected = References.Results("kmeans.json").GetProperty("results").GetProperty(name);
        var table = Rows(name);
        var rows = table.ToShard(withTarget: false);
        var learner = new KMeans(expected.GetProperty("k").GetInt32(), 50);
        var standardize = expected.GetProperty("standardised").GetBoolean();
        var outcome = await FederatedTraining.RunAsync(Runs.Task(Runs.SchemaOf(table, withTarget: false), rows, learner, Runs.ModeOf(mode), standardize: standardize));
        var best = expected.GetProperty("best_inertia").GetDouble();
        var inertia = ModelEvaluation.Evaluate(outcome.Model, rows).Metrics["inertia"];
        var isReproducible = expected.GetProperty("single_start").GetProperty("share_within_1e_6_of_best").GetDouble() >= 0.14;
        Assert.InRange(inertia / best, 0.99, 1 + (isReproducible ? 1e-6 : 1e-3));
    }

    /// <summary>The entries' names say the file, the scale and, after a last underscore, k.</summary>
    private static Table Rows(string name)
    {
        if (name.StartsWith("musketeer_synth2D", StringComparison.Ordinal))
        {
            var table = Table.Read(References.DataFile("musketeer_synth2D.csv"));
            var kept = name.Contains("train_workers", StringComparison.Ordinal) ? table.Where(i => table.Rows[i][0] is >= 0 and <= 4) : table;
            return kept.Without("part");
        }
        var file = new[] { "iris", "wine_cultivars", "breast_cancer_wdbc", "digits8x8", "synth2d_like" }.Single(f => name.StartsWith(f, StringComparison.Ordinal));
        var all = Table.Read(References.DataFile(file + ".csv"));
        return all.Without(all.Names[^1]);
    }
}
