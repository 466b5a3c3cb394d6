using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Coterie.Core.Catalogues;
using Coterie.Core.Learning;
using Coterie.Federation.Tasks;
using Coterie.Learning;
using Coterie.Learning.External;
using Coterie.Learning.Preprocessing;

namespace Coterie.Tests.Documentation;

/// <summary>A page for every learner, one for all preprocessors, and their index, as the catalogues give them.</summary>
internal static class CataloguePages
{
    public const string Folder = "docs/learners";

    private const string Origin = "<!-- Written from the catalogue by the tests of documentation; run them with COTERIE_UPDATE=1 after a change there. -->";

    public static IEnumerable<(string Path, string Text)> All =>
    [
        ($"{Folder}/README.md", Index()),
        .. LearnerCatalogue.All.Select(e => ($"{Folder}/{e.Name}.md", Learner(e))),
        ($"{Folder}/preprocessors.md", Preprocessors()),
    ];

    private static string Index()
    {
        var page = Begin("Learners").AppendLine("Which of them runs in which mode is [computed](../support-matrix.md).").AppendLine();
        page.AppendLine("| learner | predicts | |").AppendLine("|---|---|---|");
        foreach (var entry in LearnerCatalogue.All) page.AppendLine($"| [`{entry.Name}`]({entry.Name}.md) | {Predicts(entry)} | {entry.Summary} |");
        return page.AppendLine().AppendLine("What may go before a learner: [preprocessors](preprocessors.md). How to write one: [adding a learner](../adding-a-learner.md).").ToString();
    }

    private static string Learner(CatalogueEntry<ILearner> entry)
    {
        var page = Begin($"`{entry.Name}`").AppendLine(entry.Summary).AppendLine($"It predicts {Predicts(entry)}.").AppendLine();
        if (entry.Details.Length > 0) page.AppendLine(entry.Details).AppendLine();
        page.AppendLine("```yaml").AppendLine($"learner: {Example(entry)}").AppendLine("```").AppendLine();
        Table(page, entry.Parameters);
        if (entry.Build(entry.Example) is ExternalLearner) page.AppendLine("How such a program is written, and who allows it: [external learners](../external-learners.md).").AppendLine();
        return page.AppendLine("Back to [all learners](README.md).").ToString();
    }

    private static string Preprocessors()
    {
        var page = Begin("Preprocessors").AppendLine("Steps before the learner, in the order in which the task names them; what they learn from rows they learn by sums, in the run's own mode.").AppendLine();
        foreach (var entry in PreprocessorCatalogue.All)
        {
            page.AppendLine($"## `{entry.Name}`").AppendLine().AppendLine(entry.Summary).AppendLine();
            if (entry.Details.Length > 0) page.AppendLine(entry.Details).AppendLine();
            Table(page, entry.Parameters);
        }
        return page.AppendLine("Back to [the task file](../task-file.md).").ToString();
    }

    private static StringBuilder Begin(string title) => new StringBuilder($"# {title}\n\n").AppendLine(Origin).AppendLine();

    private static void Table(StringBuilder page, ImmutableArray<ParameterSpec> parameters)
    {
        if (parameters.IsEmpty)
        {
            page.AppendLine("It has no parameters.").AppendLine();
            return;
        }
        page.AppendLine("| parameter | accepts | default | meaning |").AppendLine("|---|---|---|---|");
        foreach (var p in parameters) page.AppendLine($"| `{p.Name}` | {p.Accepts} | {Default(p)} | {p.Description.Replace("|", "\\|", StringComparison.Ordinal)} |");
        page.AppendLine();
    }

    private static string Example(CatalogueEntry<ILearner> entry)
    {
        var shown = entry.Example.IsEmpty
            ? entry.Parameters.Where(p => p.Default is long or double or string).Take(3).Select(p => $"{p.Name}: {Text(p.Default!)}")
            : entry.Example.Select(p => $"{p.Key}: {NamedParameters.TextOf(p.Value)}");
        return $"{{ {string.Join(", ", shown.Prepend($"name: {entry.Name}"))} }}";
    }

    private static string Predicts(CatalogueEntry<ILearner> entry) => entry.Parameters.Any(p => p.Name == "task") ? "what its `task` says" : entry.Build(entry.Example).Task switch
    {
        LearningTask.Regression => "a number",
        LearningTask.BinaryClassification => "one of two classes",
        LearningTask.MulticlassClassification => "one of several classes",
        _ => "a cluster",
    };

    private static string Default(ParameterSpec parameter) => parameter.Default is null ? parameter.DefaultText : $"`{parameter.DefaultText}`";

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
