using System.Collections.Immutable;
using System.Globalization;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Tasks.Yaml;
using Coterie.Learning;
using Coterie.Privacy;

namespace Coterie.Federation.Nodes.Approval;

/// <summary>Reads the <c>approve</c> section of a config, or the file it names.</summary>
internal static class PolicyParser
{
    private const string Accepts = "a mapping of limits, or the path of a file with one";
    private const string PartyForms = "a name, or { name: NAME, fingerprint: 64 hexadecimal digits },";

    /// <summary>The policy of a config; without a section nothing is approved unless a person does.</summary>
    public static ApprovalPolicy Read(MappingReader root, string folder)
    {
        if (root.Take("approve") is not { } value) return new ApprovalPolicy();
        if (value is not YamlScalar) return MappingReader.Open(root.Problems, "approve", value, Accepts) is { } section ? Read(section) : new ApprovalPolicy();
        return root.FullPath("approve", folder, Accepts) is { } path ? Load(path) : new ApprovalPolicy();
    }

    /// <summary>Reads a policy file.</summary>
    private static ApprovalPolicy Load(string path)
    {
        var problems = new Problems(path);
        var root = YamlReader.Read(YamlFile.ReadText(path, "policy file", 1 << 20).TrimStart('\uFEFF'), problems, Accepts);
        if (MappingReader.Open(problems, "", root, "a mapping of limits") is not { } section) throw problems.Stop(root.Line, "", "a mapping of limits is expected.");
        var policy = Read(section);
        problems.ThrowIfAny();
        return policy;
    }

    private static ApprovalPolicy Read(MappingReader section)
    {
        var policy = new ApprovalPolicy
        {
            Learners = Names(section, "learners", "a list of learners", [.. LearnerCatalogue.All.Select(l => l.Name)]),
            Modes = Names(section, "modes", "a list of modes", [.. ModeCatalogue.All.Select(m => m.Name)]),
            Columns = section.Words("columns", "a list of column names"),
            Coordinators = Parties(section, "coordinators"),
            Participants = Parties(section, "participants"),
            ModelOwners = Parties(section, "model-owners"),
            Helpers = Parties(section, "helpers"),
            MinimumParticipants = section.Whole("minimum-participants", 1, 100_000) ?? 0,
            MinimumRows = section.Whole("minimum-rows", 1, int.MaxValue) ?? 0,
            MaximumRounds = section.Whole("maximum-rounds", 1, 10_000_000),
            AllowSmallRoster = section.Flag("allow-small-roster") ?? false,
            Preprocessing = section.Choice("preprocessing", [("opened", PreprocessingRule.Opened), ("declared-only", PreprocessingRule.DeclaredOnly)]) ?? PreprocessingRule.Opened,
            Epsilon = section.Number("epsilon", "a number above 0", e => e > 0),
            Ask = section.Flag("ask") ?? true,
        };
        section.Finish();
        if (!policy.Ask)
            foreach (var key in (ReadOnlySpan<string>)["learners", "modes", "columns"])
                if (!section.Has(key)) section.Tell(section.Problems.Lines[section.PathOf("ask")], "ask", $"is false, so nobody looks at a task before it is taken part in; {key} have to be limited.");
        return policy;
    }

    private static ImmutableArray<string> Names(MappingReader section, string key, string accepts, string[] known)
    {
        var names = section.Words(key, accepts);
        foreach (var name in names.Where(n => !known.Contains(n)))
            section.Tell(section.Problems.Lines[section.PathOf(key)], key, $"names '{name}', which there is not; {Nearest.Advice(name, known)}");
        return names;
    }

    private static ImmutableArray<KnownParty> Parties(MappingReader section, string key)
    {
        if (section.Take(key) is not { } value) return [];
        var items = value is YamlList list ? list.Items : [value];
        var parties = ImmutableArray.CreateBuilder<KnownParty>();
        for (var i = 0; i < items.Count; i++)
        {
            var path = section.PathOf(string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]"));
            section.Problems.Lines[path] = items[i].Line;
            if (ReadParty(section.Problems, path, items[i]) is { } party) parties.Add(party);
        }
        if (items.Count == 0) section.Tell(value.Line, key, $"is an empty list; {PartyForms} is expected.");
        return parties.ToImmutable();
    }

    private static KnownParty? ReadParty(Problems problems, string path, YamlValue value)
    {
        if (value is YamlScalar { Text.Length: > 0 } scalar) return Named(problems, path, scalar.Line, scalar.Text, null);
        if (MappingReader.Open(problems, path, value, PartyForms) is not { } section) return null;
        var name = section.Word("name", "a party's name", isRequired: true);
        var fingerprint = section.Word("fingerprint", "64 hexadecimal digits");
        section.Finish();
        return name is null ? null : Named(problems, path, section.Line, name, fingerprint);
    }

    private static KnownParty? Named(Problems problems, string path, int line, string name, string? fingerprint)
    {
        if (!PartyId.IsValid(name))
        {
            problems.Add(line, path, $"is '{name}'; a party's name of 1 to 64 of a-z, 0-9, '-', '_' and '.' is expected.");
            return null;
        }
        if (fingerprint is null) return new KnownParty(name);
        var digits = fingerprint.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (digits.Length == 64 && digits.All(char.IsAsciiHexDigitLower)) return new KnownParty(name, digits);
        problems.Add(line, path, $"has the fingerprint '{fingerprint}'; the SHA-256 of a certificate as 64 hexadecimal digits is expected, as 'coterie identity show' prints it.");
        return null;
    }
}
