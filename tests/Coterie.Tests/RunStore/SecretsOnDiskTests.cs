using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.RunStore;

namespace Coterie.Tests.RunStore;

/// <summary>What of a round's secrets can be read from the disk once the round is over.</summary>
public sealed class SecretsOnDiskTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coterie-store-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SaveAsync_FinishesARound_LeavesNothingOfItsSecretsInAnyFile()
    {
        var secret = CryptographicRandom.Instance.Bytes(96);
        using var node = NodeStore.Open(_folder.FullName);
        var run = node.OpenRun("run");
        await run.SaveAsync("run/learner/0/secrets", secret, CancellationToken.None);
        for (var round = 0; round < 5; round++) await run.SaveAsync("run/learner/position", new byte[] { 1 }, new StepTag($"run/learner/{round}"), CancellationToken.None);
        Assert.Null(await run.LoadAsync("run/learner/0/secrets", CancellationToken.None));
        Assert.Empty(FilesWith(_folder, secret));
    }

    /// <summary>Where something else reads the file the log cannot be cut at once: the next commit does it, or the next start.</summary>
    [Fact]
    public async Task SaveAsync_FinishesARoundWhileSomebodyReads_TheNextCommitAndTheNextStartLeaveNothing()
    {
        var secret = CryptographicRandom.Instance.Bytes(96);
        var (folder, copy) = (_folder.CreateSubdirectory("node"), _folder.CreateSubdirectory("copy"));
        using var node = NodeStore.Open(folder.FullName);
        var run = node.OpenRun("run");
        await run.SaveAsync("run/learner/0/secrets", secret, CancellationToken.None);
        using (var reader = Database.Open(Path.Combine(folder.FullName, "state.db")))
        {
            reader.Script("BEGIN");
            Assert.True(reader.Any("SELECT 1 FROM checkpoints"));
            await run.SaveAsync("run/learner/position", new byte[] { 1 }, new StepTag("run/learner/0"), CancellationToken.None);
            Assert.NotEmpty(FilesWith(folder, secret));
            // What a process that is killed here leaves.
            foreach (var file in folder.EnumerateFiles("*.db*").Where(f => f.Extension != ".db-shm")) file.CopyTo(Path.Combine(copy.FullName, file.Name));
            reader.Script("ROLLBACK");
        }
        Assert.NotEmpty(FilesWith(folder, secret));
        await run.SaveAsync("run/other", new byte[] { 1 }, CancellationToken.None);
        Assert.Empty(FilesWith(folder, secret));
        Assert.NotEmpty(FilesWith(copy, secret));
        using var again = NodeStore.Open(copy.FullName);
        Assert.Empty(FilesWith(copy, secret));
    }

    /// <summary>Where a participant's Paillier key of a run lies: in files and a folder that are its owner's alone, also those that the database makes by itself.</summary>
    [Fact]
    public async Task SaveAsync_APaillierKey_LiesInFilesOfItsOwnerAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        using var key = InsecurePaillierKeys.Generate(512);
        var (secret, folder) = (key.ExportPrivateKey(), new DirectoryInfo(Path.Combine(_folder.FullName, "node")));
        using var node = NodeStore.Open(folder.FullName);
        await node.OpenRun("run").SaveAsync("run/own-keys/secret", secret, CancellationToken.None);
        Assert.NotEmpty(FilesWith(folder, secret));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, folder.UnixFileMode);
        Assert.All(folder.EnumerateFiles("*", SearchOption.AllDirectories), f => Assert.Equal((f.Name, UnixFileMode.UserRead | UnixFileMode.UserWrite), (f.Name, f.UnixFileMode)));
    }

    private static List<string> FilesWith(DirectoryInfo folder, byte[] secret)
    {
        var found = new List<string>();
        foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Name != "lock"))
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            if (bytes.AsSpan().IndexOf(secret.AsSpan(0, 32)) >= 0) found.Add(file.Name);
        }
        return found;
    }
}
