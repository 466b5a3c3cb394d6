using Coterie.Core.Parties;
using Coterie.Core.Randomness;
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
        foreach (var file in _folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Name != "lock"))
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            Assert.True(bytes.AsSpan().IndexOf(secret.AsSpan(0, 32)) < 0, $"{file.Name} still holds the secret.");
        }
    }
}
