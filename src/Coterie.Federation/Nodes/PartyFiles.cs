using Coterie.Federation.Models;
using Coterie.Federation.Runs;

namespace Coterie.Federation.Nodes;

/// <summary>What a participant keeps of a run: <c>leakage.json</c>, and <c>model.json</c> where it is entitled to the model.</summary>
internal static class PartyFiles
{
    public static void Write(string folder, PlannedTask task, NodeRunResult result)
    {
        Directory.CreateDirectory(folder);
        if (result.Model is { } model)
        {
            using var stream = File.Create(Path.Combine(folder, "model.json"));
            ModelFileWriter.Write(stream, model, ModelDescription.Of(task.File, [new("mode", task.Mode.Mode)]));
        }
        using var leakage = File.Create(Path.Combine(folder, "leakage.json"));
        LeakageJson.Write(leakage, task.Mode.Mode, result.Report.Openings, []);
    }
}
