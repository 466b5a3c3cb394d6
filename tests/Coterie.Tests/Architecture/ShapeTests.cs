using System.Reflection;
using System.Text.RegularExpressions;
using Coterie.Core.Arithmetic;
using Coterie.Core.Learning;
using Coterie.Core.Modes;
using Coterie.Core.Parties;
using Coterie.Learning;
using Coterie.Learning.Preprocessing;
using Coterie.Privacy;
using Coterie.Testing;

namespace Coterie.Tests.Architecture;

/// <summary>Laws about the code as a whole, held by reflection and by reading the sources.</summary>
public sealed partial class ShapeTests
{
    private static readonly Assembly[] Product =
        [.. new[] { "Coterie.Core", "Coterie.Cryptography", "Coterie.Learning", "Coterie.Privacy", "Coterie.Federation" }.Select(Assembly.Load)];

    [Fact]
    public void EveryClass_IsSealedAbstractOrStatic()
    {
        var open = Product.SelectMany(a => a.GetTypes())
            .Where(t => t.IsClass && !t.IsSealed && !t.IsAbstract && !t.Name.Contains('<', StringComparison.Ordinal) && t.Namespace?.StartsWith("Coterie", StringComparison.Ordinal) == true)
            .Select(t => t.FullName);
        Assert.Empty(open);
    }

    [Fact]
    public void LearnerArithmetic_HasNoWayToOpenAValue()
    {
        var members = typeof(IArithmetic<>).GetMethods().Select(m => m.Name);
        Assert.DoesNotContain(members, m => m.Contains("Open", StringComparison.OrdinalIgnoreCase) || m.Contains("Decode", StringComparison.Ordinal) || m.Contains("Reveal", StringComparison.Ordinal));
        Assert.DoesNotContain(typeof(ISecret<>).GetProperties().Select(p => p.Name), p => p is "Values" or "Item");
        var handed = typeof(IHiddenLearner<>).GetMethods().SelectMany(m => m.GetParameters()).Select(p => p.ParameterType);
        Assert.DoesNotContain(handed, t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(ISecureArithmetic<>));
    }

    [Fact]
    public void Learning_KnowsNoChannelNoModeAndNoSession()
    {
        Type[] forbidden = [typeof(IChannel), typeof(Session), typeof(ISecureSum), typeof(IPrivacyMode), typeof(ISecureArithmetic<>)];
        Assert.Empty(UsesIn("Coterie.Learning", forbidden));
    }

    [Fact]
    public void Cryptography_HasNoChannel() => Assert.Empty(UsesIn("Coterie.Cryptography", [typeof(IChannel), typeof(Session)]));

    [Fact]
    public void ModeFiles_NameNoLearner()
    {
        var learners = LearnerCatalogue.All.Select(l => l.Name).Concat(PreprocessorCatalogue.All.Select(p => p.Name)).ToArray();
        var types = Assembly.Load("Coterie.Learning").GetExportedTypes().Where(t => t.IsAssignableTo(typeof(ISummed))).Select(t => t.Name).ToArray();
        foreach (var (path, text) in Sources("Coterie.Privacy"))
        {
            Assert.DoesNotContain(learners, l => text.Contains($"\"{l}\"", StringComparison.Ordinal));
            Assert.DoesNotContain(types, t => Regex.IsMatch(text, $@"\b{t}\b"));
            _ = path;
        }
    }

    [Fact]
    public void LearnerFiles_HoldNoPrivacyCode()
    {
        foreach (var (path, text) in Sources("Coterie.Learning"))
            Assert.False(PrivacyWords().IsMatch(text), $"{path} speaks of masks, keys or shares.");
    }

    [Fact]
    public void Catalogues_HoldEveryLearnerPreprocessorAndMode()
    {
        static IEnumerable<Type> Concrete(Type contract) => Assembly.Load("Coterie.Learning").GetExportedTypes().Where(t => t is { IsAbstract: false, IsClass: true } && t.IsAssignableTo(contract));
        var built = LearnerCatalogue.All.SelectMany(Variants).Select(l => l.GetType()).ToHashSet();
        Assert.Empty(Concrete(typeof(ILearner)).Except(built));
        var preprocessors = PreprocessorCatalogue.All.Select(p => p.Build(new Dictionary<string, object?>()).GetType()).Append(typeof(SchemaAgreement)).ToHashSet();
        Assert.Empty(Concrete(typeof(IPreprocessor)).Except(preprocessors));
        Assert.All(ModeCatalogue.All, m => Assert.NotNull(ModeCatalogue.Create(new ModeOptions(m.Name))));
    }

    [Fact]
    public void SourceFiles_StayBelowFourHundredLines()
    {
        var folders = new[] { "src", "tests", "bench" }.Select(f => Path.Combine(References.Repository, f));
        var files = folders.SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories));
        Assert.DoesNotContain(files, f => File.ReadLines(f).Count() > 400);
    }

    [Fact]
    public void ProductSources_DeserialiseNothingByReflection()
    {
        foreach (var project in Directory.GetDirectories(Path.Combine(References.Repository, "src")))
            foreach (var (path, text) in Sources(Path.GetFileName(project)))
                Assert.False(ReflectionSerialisers().IsMatch(text), path);
    }

    [Fact]
    public void JsonKeys_AreSnakeCase()
    {
        var keys = Directory.GetDirectories(Path.Combine(References.Repository, "src"))
            .SelectMany(p => Sources(Path.GetFileName(p))).SelectMany(s => JsonKeys().Matches(s.Text)).Select(m => m.Groups["key"].Value).ToArray();
        Assert.True(keys.Length > 50, $"{keys.Length} keys were found.");
        Assert.DoesNotContain(keys, k => !SnakeCase().IsMatch(k));
    }

    /// <summary>An entry with its defaults and with every choice of a solver.</summary>
    private static IEnumerable<ILearner> Variants(Coterie.Core.Catalogues.CatalogueEntry<ILearner> entry)
    {
        yield return entry.Build(entry.Example);
        foreach (var solver in entry.Parameters.Where(p => p.Name == "solver").SelectMany(p => p.Choices))
            yield return entry.Build(new Dictionary<string, object?> { ["solver"] = solver });
        foreach (var scheme in entry.Parameters.Where(p => p.Name == "scheme").SelectMany(p => p.Choices))
            yield return entry.Build(new Dictionary<string, object?> { ["scheme"] = scheme });
    }

    /// <summary>Types of the assembly whose members, parameters or fields mention a forbidden type.</summary>
    private static IEnumerable<string> UsesIn(string assembly, Type[] forbidden)
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        bool IsForbidden(Type type) => forbidden.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type) || type.GetGenericArguments().Any(IsForbidden);
        return Assembly.Load(assembly).GetTypes().Where(t =>
            t.GetInterfaces().Any(IsForbidden)
            || t.GetFields(All).Any(f => IsForbidden(f.FieldType))
            || t.GetMethods(All).Any(m => IsForbidden(m.ReturnType) || m.GetParameters().Any(p => IsForbidden(p.ParameterType)))
            || t.GetConstructors(All).Any(c => c.GetParameters().Any(p => IsForbidden(p.ParameterType)))).Select(t => t.FullName!);
    }

    private static IEnumerable<(string Path, string Text)> Sources(string project) =>
        Directory.EnumerateFiles(Path.Combine(References.Repository, "src", project), "*.cs", SearchOption.AllDirectories).Select(f => (f, File.ReadAllText(f)));

    [GeneratedRegex(@"\b(mask|masked|encrypt|decrypt|ciphertext|secret share|homomorphic|private key)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex PrivacyWords();

    [GeneratedRegex(@"json\.Write(String|Number|Boolean|Null|StartObject|StartArray|PropertyName)\(""(?<key>[^""]*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex JsonKeys();

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", RegexOptions.ExplicitCapture)]
    private static partial Regex SnakeCase();

    [GeneratedRegex(@"JsonSerializer\.|BinaryFormatter|DataContractSerializer|XmlSerializer|new DeserializerBuilder")]
    private static partial Regex ReflectionSerialisers();
}
