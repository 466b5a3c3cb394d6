using System.Text;
using Coterie.Core.Parties;
using Coterie.Federation.Models;
using Coterie.Federation.Runs;

namespace Coterie.Federation.Nodes;

/// <summary>
/// What a party keeps of a run: <c>leakage.json</c>, <c>model.json</c> where it is entitled to the model, and <c>history.csv</c> where it was told of rounds.
/// </summary>
internal static class PartyFiles
{
    public static void Write(string folder, PlannedTask task, NodeRunResult result)
    {
        Directory.CreateDirectory(folder);
        var report = result.Report;
        if (result.Model is { } model)
        {
            using var stream = File.Create(Path.Combine(folder, "model.json"));
            ModelFileWriter.Write(stream, model, ModelDescription.Of(task.File, [new("mode", task.Mode.Mode)]));
        }
        using (var leakage = File.Create(Path.Combine(folder, "leakage.json")))
            LeakageJson.Write(leakage, task.Mode.Mode, report.Openings, []);
        if (report.History.IsEmpty) return;
        using var history = new StreamWriter(Path.Combine(folder, "history.csv"), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        HistoryCsv.Write(history, report.Roster, report.History, report.Traffic, new Dictionary<PartyId, TimeLedger> { [report.Party] = report.Times }, report.Party);
    }
}
