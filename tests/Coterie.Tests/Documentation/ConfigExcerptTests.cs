using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;

namespace Coterie.Tests.Documentation;

/// <summary>Configs on pages and in samples are accepted.</summary>
public sealed class ConfigExcerptTests
{
    [Fact]
    public void Configs_OnTheDeploymentPage_AreAccepted()
    {
        var place = Directory.CreateTempSubdirectory("coterie-docs-");
        try
        {
            var configs = Pages.Blocks("docs/deployment.md", "yaml").ToArray();
            Assert.Equal(2, configs.Length);
            var path = Path.Combine(place.FullName, "config.yaml");
            File.WriteAllText(path, configs[0]);
            Assert.Equal(7443, CoordinatorSettings.Load(path).Listen.Port);
            File.WriteAllText(path, configs[1]);
            Assert.Equal(3, ParticipantSettings.Load(path).Approve.MinimumParticipants);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    [Fact]
    public void ThreeHospitals_TheirConfigsAndTask_AreAccepted()
    {
        const string sample = "samples/04-three-hospitals/";
        Assert.Equal(7443, CoordinatorSettings.Load(Pages.FullPath(sample + "coordinator.yaml")).Listen.Port);
        foreach (var hospital in new[] { "hospital-a", "hospital-b", "hospital-c" })
        {
            var settings = ParticipantSettings.Load(Pages.FullPath($"{sample}{hospital}.yaml"));
            Assert.True(File.Exists(settings.Data!.Find("three-hospitals", null)));
            Assert.False(settings.Approve.Ask);
        }
        var task = PlannedTask.Of(TaskFile.Load(Pages.FullPath(sample + "task.yaml")), 1);
        Assert.Equal(10, DeclaredSchema.Resolve(task.File, task.Plan.Learner.Task).FeatureCount);
    }

    /// <summary>Every metric on the page exists, and every one that exists is on the page.</summary>
    [Fact]
    public void Metrics_OnTheDeploymentPage_AreThoseOfNodes()
    {
        using var metrics = new Federation.Observability.NodeMetrics(new Federation.Observability.NodeFigures(), "coordinator");
        var served = metrics.ToPrometheus().Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]).ToHashSet(StringComparer.Ordinal);
        var told = System.Text.RegularExpressions.Regex.Matches(Pages.Read("docs/deployment.md"), "coterie_[a-z_]+").Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(served.Order(), told.Order());
    }
}
