using System.Security.Cryptography;
using System.Text;
using Coterie.Federation.Identity;
using Coterie.Federation.Models;
using Coterie.Federation.Models.Encrypted;
using Coterie.Tests.Cryptography.Paillier;

namespace Coterie.Tests.Models.Encrypted;

/// <summary>Files that are foreign, cut off, altered, of another step or version, or too late: refused, and the message says which.</summary>
public sealed class ExchangeTests : IAsyncLifetime
{
    private readonly EncryptedBench _bench = new();

    public async Task InitializeAsync() => await _bench.WithLineAsync();

    public Task DisposeAsync()
    {
        _bench.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public void Read_FilesOfAnotherStep_AreRefusedByName()
    {
        Asked();
        _bench.Reply();
        Refused(() => RowsOwner.Read(_bench.Open(), _bench.Question, _bench.Masks), "the file of another step, 'question'", "'coterie predict answer'");
        Refused(() => RowsOwner.Read(_bench.Open(), _bench.Answer, _bench.Answer), "the file of another step, 'answer'", "'coterie predict ask'");
        Refused(() => ModelOwner.Answer(_bench.Masks, _bench.Owner, _bench.Answer), "the file of another step, 'masks'", "question");
        Refused(() => ModelOwner.Answer(_bench.Encrypted, _bench.Owner, _bench.Answer), "no question");
        Refused(() => ModelOwner.Answer(_bench.Question, _bench.Masks, _bench.Answer), "the file of another step, 'masks'", "'coterie predict publish'");
        Refused(() => _bench.Open(_bench.Question), "no encrypted model");
        Refused(() => _bench.Open(_bench.Model), "'coterie-encrypted-model/1' expected");
        Refused(() => ModelOwner.Answer(_bench.At("nowhere"), _bench.Owner, _bench.Answer), "no such file");
    }

    [Theory]
    [InlineData("rows.question")]
    [InlineData("rows.masks")]
    [InlineData("rows.answer")]
    [InlineData("model.owner")]
    public void Read_CutOrAlteredAnywhere_IsRefused(string name)
    {
        Asked();
        _bench.Reply();
        var path = _bench.At(name);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 5, 20, bytes.Length / 2, bytes.Length - 1 }) Refused(() => Use(bytes[..length]));
        foreach (var place in new[] { 0, 12, bytes.Length / 3, bytes.Length - 40, bytes.Length - 1 })
        {
            byte[] altered = [.. bytes];
            altered[place] ^= 4;
            Refused(() => Use(altered));
        }
        Refused(() => Use([.. bytes, 0]));
        var line = bytes.AsSpan().IndexOf((byte)'\n');
        Refused(() => Use([.. Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(bytes, 0, line)[..^1] + "2"), .. bytes[line..]]), "version '2' of the format; version 1 is read");
        // With a checksum made anew, bounds hold by themselves: nothing is allocated for a length that is not there.
        byte[] longer = [.. bytes[..^32]];
        longer[line + 1] = 0xff;
        longer[line + 4] = 0x7f;
        Refused(() => Use([.. longer, .. SHA256.HashData(longer)]), "malformed");

        void Use(byte[] content)
        {
            File.WriteAllBytes(path, content);
            if (name is "rows.question" or "model.owner") _bench.Reply();
            else _bench.Read();
        }
    }

    [Fact]
    public async Task Read_FilesOfAnotherModelOrQuestion_AreRefused()
    {
        using var other = await new EncryptedBench().WithLineAsync();
        Asked();
        _bench.Reply();
        other.Ask(other.At("data.csv"));
        other.Reply();
        Refused(() => ModelOwner.Answer(other.Question, _bench.Owner, _bench.Answer), "asks about another model");
        Refused(() => RowsOwner.Read(_bench.Open(), other.Answer, _bench.Masks), "about another encrypted model");
        Refused(() => RowsOwner.Read(_bench.Open(), _bench.Answer, other.Masks), "another encrypted model");
        var masks = MasksFile.Read(_bench.Masks).MaskKey;
        File.Delete(_bench.Masks);
        File.Delete(_bench.Question);
        Asked();
        Assert.NotEqual(masks, MasksFile.Read(_bench.Masks).MaskKey);
        Refused(() => _bench.Read(), "answers another question");
    }

    [Fact]
    public void Read_AnAnswerThatSomebodyElseMade_IsRefused()
    {
        Asked();
        _bench.Reply();
        var answer = AnswerFile.Read(_bench.Answer);
        answer.Values[0] ^= 1;
        File.WriteAllBytes(_bench.Answer, answer.ToBytes());
        Refused(() => _bench.Read(), "its tag does not hold");
    }

    [Fact]
    public void Answer_CiphertextsThatAreNone_AreRefusedAndNotCounted()
    {
        Asked();
        var question = QuestionFile.Read(_bench.Question);
        Refused(() => Put(question.Rows, new byte[question.Ciphertexts.Length]), "is zero or shares a factor");
        Refused(() => Put(question.Rows, [.. Enumerable.Repeat((byte)255, question.Ciphertexts.Length)]), "not below the square");
        Refused(() => Put(question.Rows + 5, question.Ciphertexts), "ciphertexts of 128 bytes");
        Assert.Equal(0, ModelOwnerFile.Read(_bench.Owner).Rows);

        void Put(int rows, byte[] ciphertexts)
        {
            File.WriteAllBytes(_bench.Question, QuestionFile.Build(question.ModelHash, rows, ciphertexts).Bytes);
            _bench.Reply();
        }
    }

    [Fact]
    public void Answer_BeyondTheCap_IsRefusedAndTheSameQuestionCountsOnce()
    {
        Asked();
        Assert.Equal((12, 12, 100), _bench.Reply());
        var first = File.ReadAllBytes(_bench.Answer);
        File.Delete(_bench.Answer);
        Assert.Equal((12, 12, 100), _bench.Reply());
        Assert.Equal(first, File.ReadAllBytes(_bench.Answer));
        for (var i = 2; i <= 8; i++)
        {
            File.Delete(_bench.Question);
            File.Delete(_bench.Masks);
            Asked();
            Assert.Equal((12, 12 * i, 100), _bench.Reply());
        }
        File.Delete(_bench.Question);
        File.Delete(_bench.Masks);
        File.Delete(_bench.Answer);
        Asked();
        Refused(() => _bench.Reply(), "asks for 12 rows", "of the 100", "4 are left", "from 3 on");
        Assert.False(File.Exists(_bench.Answer));
    }

    [Fact]
    public void Publish_WithoutACap_AnswersNoMoreRowsThanThereAreFeatures()
    {
        File.Delete(_bench.Owner);
        File.Delete(_bench.Encrypted);
        Assert.Equal(2, _bench.Publish(answers: null).MostRows);
        Asked();
        Refused(() => _bench.Reply(), "asks for 12 rows", "of the 2");
    }

    [Fact]
    public void AnyStep_WhoseFileIsThere_OverwritesNothing()
    {
        Asked();
        var (masks, owner) = (File.ReadAllBytes(_bench.Masks), File.ReadAllBytes(_bench.Owner));
        Refused(Asked, "never overwritten", "an answer may be on its way");
        Refused(() => _bench.Publish(), "never overwritten");
        Assert.Equal(masks, File.ReadAllBytes(_bench.Masks));
        Assert.Equal(owner, File.ReadAllBytes(_bench.Owner));
    }

    [Fact]
    public void Answer_WhileAnotherProcessAnswers_IsRefused()
    {
        Asked();
        using var other = new FileStream(_bench.Owner + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains("another process", Assert.Throws<IOException>(() => _bench.Reply()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PrivateFiles_ThatOthersCanRead_AreRefused()
    {
        if (OperatingSystem.IsWindows()) return;
        Asked();
        _bench.Reply();
        foreach (var path in new[] { _bench.Owner, _bench.Masks })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }
        Assert.Contains("chmod 600", Assert.Throws<IdentityException>(() => _bench.Reply()).Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", Assert.Throws<IdentityException>(() => _bench.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncryptedModel_WithAnotherKeyWeightsOrSchema_IsRefused()
    {
        var text = File.ReadAllText(_bench.Encrypted);
        Refused(() => EncryptedModel.Read(_bench.Encrypted), "512 bits; 2048 and 3072 are taken");
        var key = TestKeys.Small.PublicKey.Export();
        key[^1] ^= 1;
        Refused(() => Put("key", Convert.ToBase64String(key)));
        Refused(() => Put("key", "no base64!"), "'key': bytes in base64 expected");
        Refused(() => Put("weights", Convert.ToBase64String(new byte[3 * 128])), "Ciphertext 0 is zero");
        Refused(() => Put("weights", Convert.ToBase64String(Enumerable.Repeat((byte)255, 3 * 128).ToArray())), "Ciphertext 0 is not below the square");
        Refused(() => Put("weights", Convert.ToBase64String(new byte[128])), "1 x 3 encrypted weights of 512 bits take 384 bytes, not 128");
        Refused(() => Put("format", "coterie-encrypted-model/2"), "'coterie-encrypted-model/1' expected");
        Refused(() => Put("weights\": \"\", \"x", ""), "take 384 bytes, not 0");
        File.WriteAllText(_bench.Encrypted, text.Replace("linear-regression", "k-means", StringComparison.Ordinal));
        Refused(() => _bench.Open(), "'learner'", "'k-means' does not predict by a linear function");
        File.WriteAllText(_bench.Encrypted, text[..^20]);
        Refused(() => _bench.Open(), "no encrypted model");

        void Put(string name, string value)
        {
            var start = text.IndexOf($"\"{name.Split('"')[0]}\":", StringComparison.Ordinal);
            var end = text.IndexOf('"', text.IndexOf('"', start + name.Split('"')[0].Length + 3) + 1);
            File.WriteAllText(_bench.Encrypted, text[..start] + $"\"{name}\": \"{value}\"" + text[(end + 1)..]);
            _bench.Open();
        }
    }

    private void Asked() => _bench.Ask(_bench.At("data.csv"));

    private static void Refused(Action action, params string[] words)
    {
        var message = Assert.Throws<ModelFileException>(action).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
    }
}
