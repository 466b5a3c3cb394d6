using Coterie.Conformance.Learners;
using Coterie.Conformance.Support;
using Coterie.Core.Learning;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Learning.Evaluation;
using Coterie.Privacy;
using Coterie.Testing;

namespace Coterie.Conformance.Laws;

/// <summary>The shipped sample tasks, run from their files in every mode: the figures are those of training on pooled rows, but for samples that average what participants train by themselves.</summary>
public sealed class SampleTaskTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var folder in Directory.GetDirectories(Path.Combine(References.Repository, "samples")).Where(d => File.Exists(Path.Combine(d, "task.yaml")) && !SupportMatrixTests.TrainsOnItsOwnRows(LearnerOf(d))))
                foreach (var mode in ModeCatalogue.All.Where(m => ModeCatalogue.Refusal(new ModeOptions(m.Name), LearnerOf(folder)) is null && !IsLong(m.Name, LearnerOf(folder)))) cases.Add(Path.GetFileName(folder), mode.Name);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task RunAsync_SampleTask_HasTheFiguresOfPooledTraining(string sample, string mode)
    {
        var prepared = PreparedTask.Prepare(TaskFile.Load(Path.Combine(References.Repository, "samples", sample, "task.yaml")), seed: 1);
        var result = await TaskRunner.RunAsync(prepared with { Mode = new ModeOptions(mode) { InsecureKeyBits = Runs.InsecureKeyBits } }, new RunOptions(), CancellationToken.None);
        var tolerance = mode switch { ModeCatalogue.Federated => 1e-9, ModeCatalogue.SecretSharing => 1e-3, ModeCatalogue.EncryptedData => 1e-4, _ => 1e-6 };
        Compare(result.Centralised!.Train!, result.Metrics.Train!, tolerance);
        if (result.Metrics.Test is { } test) Compare(result.Centralised.Test!, test, tolerance);
        Assert.Equal(prepared.Data.Participants.Length, result.Local.Length);
    }

    /// <summary>Where nobody sees that clusters stand still, they go through all rounds.</summary>
    private static bool IsLong(string mode, ILearner learner) => mode == ModeCatalogue.EncryptedData && learner.Task == LearningTask.Clustering;

    private static ILearner LearnerOf(string folder) => PlannedTask.Of(TaskFile.Load(Path.Combine(folder, "task.yaml")), seed: 1).Plan.Learner;

    private static void Compare(Metrics expected, Metrics actual, double tolerance)
    {
        Assert.Equal(expected.Values.Select(v => v.Key), actual.Values.Select(v => v.Key));
        foreach (var (name, value) in expected.Values) Assert.Equal(value, actual[name], tolerance * Math.Max(1, Math.Abs(value)));
    }
}
