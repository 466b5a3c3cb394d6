using Coterie.Core.Numerics;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Data;
using Coterie.Federation.Models;
using Coterie.Federation.Models.Encrypted;
using Coterie.Federation.Runs;
using Coterie.Federation.Tasks;
using Coterie.Federation.Training;
using Coterie.Testing;
using Coterie.Tests.Cryptography.Paillier;
using Coterie.Tests.Data;

namespace Coterie.Tests.Models.Encrypted;

/// <summary>A trained model's file and the files of predicting with it encrypted, under a short key.</summary>
internal sealed class EncryptedBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Model => At("model.json");

    public string Encrypted => At("model.encrypted");

    public string Owner => At("model.owner");

    public string Question => At("rows.question");

    public string Masks => At("rows.masks");

    public string Answer => At("rows.answer");

    public static string Sample(string name) => Path.Combine(References.Repository, "samples", "data", name);

    public string At(string name) => _folder.At(name);

    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Trains on a file, with the rest of a task.</summary>
    public async Task TrainAsync(string file, string learner, string preprocessing = "[]", string more = "")
    {
        var text = $"task: trial\ndata:\n  file: {file}\n  participants: {{ count: 3, by: round-robin }}\n{more}preprocessing: {preprocessing}\nlearner: {learner}\nprivacy: {{ mode: federated }}\n";
        var task = PreparedTask.Prepare(TaskFile.Parse(text, At("task.yaml")), 1);
        ResultFiles.Write(await TaskRunner.RunAsync(task, new RunOptions { Baselines = false }, CancellationToken.None), Path.GetDirectoryName(Model)!);
    }

    /// <summary>A model of y = 2 a - b.</summary>
    public async Task<EncryptedBench> WithLineAsync(int? answers = 100)
    {
        Write("data.csv", "a,b,y\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{(i * 7 % 5) - 2},{i % 4},{(2 * ((i * 7 % 5) - 2)) - (i % 4)}\n")));
        await TrainAsync("data.csv", "linear-regression");
        Publish(answers);
        return this;
    }

    public (EncryptedModel Model, int MostRows) Publish(int? answers = 100, PaillierSecretKey? key = null) =>
        ModelOwner.Publish(Model, Encrypted, Owner, key ?? TestKeys.Small, static bytes => InsecurePaillierKeys.Import(bytes), answers, null);

    public EncryptedModel Open(string? path = null) => EncryptedModel.Read(path ?? Encrypted, static bytes => InsecurePaillierKeys.Import(bytes));

    public void Ask(string data, EncryptedModel? model = null)
    {
        model ??= Open();
        RowsOwner.Ask(model, ShardReader.Read(DataFile.Read(data), model.Scores.Raw, withTarget: false), Question, Masks);
    }

    public (int Rows, long Answered, int MostRows) Reply() => ModelOwner.Answer(Question, Owner, Answer, static bytes => InsecurePaillierKeys.ImportPrivateKey(bytes), null);

    public Matrix Read() => RowsOwner.Read(Open(), Answer, Masks);

    /// <summary>Predictions of the model in clear.</summary>
    public Matrix Plain(string data)
    {
        TrainedModel model = ModelFileReader.Read(Model);
        return model.Predict(ShardReader.Read(DataFile.Read(data), model.Raw, withTarget: false));
    }

    public void Dispose() => _folder.Dispose();
}
