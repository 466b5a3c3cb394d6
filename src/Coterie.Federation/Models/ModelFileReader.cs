using System.Collections.Immutable;
using System.Text.Json;
using Coterie.Core.Learning;
using Coterie.Core.Numerics;
using Coterie.Federation.Training;
using Coterie.Learning;
using Coterie.Learning.Preprocessing;

namespace Coterie.Federation.Models;

/// <summary>Reads <c>model.json</c>, checking everything: a model file may come from somebody else.</summary>
public static class ModelFileReader
{
    /// <summary>Largest file read.</summary>
    public const long MaximumBytes = 1L << 30;

    private static readonly ImmutableHashSet<string> NotParameters = ["format", "task", "learner", "schema", "preprocessing", "card"];

    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFileException">The file is absent, too large, or no model.</exception>
    public static TrainedModel Read(string path)
    {
        if (!File.Exists(path)) throw new ModelFileException(path, "", "there is no such file; give the model.json of a finished run");
        if (new FileInfo(path).Length > MaximumBytes) throw new ModelFileException(path, "", $"larger than {MaximumBytes} bytes");
        try
        {
            using var stream = File.OpenRead(path);
            using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 16 });
            return Read(new ModelFileFields(path), document.RootElement);
        }
        catch (JsonException error)
        {
            throw new ModelFileException(path, "", $"no JSON: {error.Message}", error);
        }
    }

    /// <summary>Schema and preprocessing, which an encrypted model holds as a model file does.</summary>
    internal static (Schema Raw, ImmutableArray<FittedPreprocessor> Preprocessing, Schema Input) ReadInput(ModelFileFields reader, JsonElement root, ILearner learner)
    {
        var raw = reader.Schema(reader.Member(root, "schema"));
        var schema = raw;
        var fitted = ImmutableArray.CreateBuilder<FittedPreprocessor>();
        foreach (var (element, index) in reader.Items(root, "preprocessing").Select((e, i) => (e, i)))
        {
            var field = $"preprocessing[{index}]";
            IPreprocessor preprocessor = index == 0 ? new SchemaAgreement(learner.Task) : reader.Build(element, field, PreprocessorCatalogue.All);
            var state = reader.Blocks(element, field);
            fitted.Add(new FittedPreprocessor(preprocessor, schema, state));
            schema = reader.Checked(field, () => preprocessor.Accept(new SchemaVisitor(schema, state)));
        }
        return (raw, fitted.ToImmutable(), schema);
    }

    private static TrainedModel Read(ModelFileFields reader, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || reader.Text(root, "format") != ModelFileWriter.Format)
            throw reader.Error("format", $"'{ModelFileWriter.Format}' expected");
        var learner = reader.Build(root, "learner", LearnerCatalogue.All);
        var (raw, preprocessing, schema) = ReadInput(reader, root, learner);
        var names = root.EnumerateObject().Where(p => !NotParameters.Contains(p.Name)).ToImmutableArray();
        var parameters = new Blocks<Matrix>([.. names.Select(p => p.Name)], [.. names.Select(p => reader.Matrix(p.Value, p.Name))]);
        reader.Checked("learner", () => learner.Accept(new UnpackVisitor(schema, parameters)));
        return new TrainedModel(raw, preprocessing, learner, schema, parameters);
    }

    private sealed class SchemaVisitor(Schema schema, Blocks<Matrix> state) : IPreprocessorVisitor<Schema>
    {
        public Schema Visit<TModel>(IPreprocessor<TModel> preprocessor) where TModel : class =>
            preprocessor.TransformSchema(schema, preprocessor.Unpack(schema, state));
    }

    /// <summary>Unpacks to see whether the parameters fit.</summary>
    private sealed class UnpackVisitor(Schema schema, Blocks<Matrix> parameters) : ILearnerVisitor<bool>
    {
        public bool Visit<TModel>(ILearner<TModel> learner) where TModel : class => learner.Unpack(schema, parameters) is not null;
    }
}
