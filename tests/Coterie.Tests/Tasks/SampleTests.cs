using Coterie.Core.Learning;
using Coterie.Federation.Tasks;
using Coterie.Testing;

namespace Coterie.Tests.Tasks;

public sealed class SampleTests
{
    [Theory]
    [InlineData("01-diabetes-ridge", LearningTask.Regression, "ridge-regression", 10, 353, 89)]
    [InlineData("02-breast-cancer-logistic", LearningTask.BinaryClassification, "logistic-regression", 30, 455, 114)]
    [InlineData("03-wine-clusters", LearningTask.Clustering, "k-means", 13, 178, 0)]
    public void Load_Sample_HasItsRows(string folder, LearningTask learning, string learner, int features, int training, int test)
    {
        var task = TaskFile.Load(Path.Combine(References.Repository, "samples", folder, "task.yaml"));
        Assert.Equal(learner, task.Learner.Name);
        Assert.Equal(folder[3..], task.Name);
        var data = TaskData.Load(task, learning, 0);
        Assert.Equal(5, data.Participants.Length);
        Assert.Equal((features, training, test), (data.Schema.FeatureCount, data.Participants.Sum(p => p.Shard.Rows), data.Test?.Rows ?? 0));
    }

    [Fact]
    public void Samples_TheirFolders_ExplainThemselves()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(References.Repository, "samples")))
            Assert.True(File.Exists(Path.Combine(folder, "README.md")), folder);
        var data = Path.Combine(References.Repository, "samples", "data");
        var table = File.ReadAllText(Path.Combine(data, "README.md"));
        foreach (var file in Directory.EnumerateFiles(data, "*.csv")) Assert.Contains($"`{Path.GetFileName(file)}`", table, StringComparison.Ordinal);
    }
}
