using Coterie.Federation.RunStore;

namespace Coterie.Tests.RunStore;

public sealed class ReleasedRecordTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coterie-store-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The state says that something was done in the run; without the record nobody knows what has left, so nothing more may.</summary>
    [Fact]
    public async Task ClaimAsync_TheRecordIsGoneAndTheStateIsNot_IsRefused()
    {
        using (var node = NodeStore.Open(_folder.FullName))
        {
            var run = node.OpenRun("run");
            await run.SaveAsync("run/learner/0/secrets", new byte[] { 1 }, CancellationToken.None);
            await run.ClaimAsync("run/learner/0/masked", new byte[32], CancellationToken.None);
        }
        foreach (var file in _folder.EnumerateFiles("released.db*")) file.Delete();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var node = NodeStore.Open(_folder.FullName);
            await node.OpenRun("run").ClaimAsync("run/learner/0/masked", Enumerable.Repeat((byte)1, 32).ToArray(), CancellationToken.None);
        });
    }
}
