using Coterie.Core.Parties;
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenRun_TheRecordIsGoneOrAnothers_IsRefusedForGoodAndNewRunsGoOn(bool anothers)
    {
        var folder = Path.Combine(_folder.FullName, "node");
        using (var node = NodeStore.Open(folder)) await node.OpenRun("run").ClaimAsync("run/0/masked", new byte[32], CancellationToken.None);
        using (var node = NodeStore.Open(folder)) node.OpenRun("run");
        File.Delete(Path.Combine(folder, "released.db"));
        if (anothers)
        {
            var other = Path.Combine(_folder.FullName, "other");
            NodeStore.Open(other).Dispose();
            File.Copy(Path.Combine(other, "released.db"), Path.Combine(folder, "released.db"));
        }
        for (var life = 0; life < 2; life++)
        {
            using var node = NodeStore.Open(folder);
            var error = Assert.Throws<ProtocolException>(() => node.OpenRun("run"));
            Assert.Equal(ProtocolErrorCode.AlreadyReleased, error.Code);
            Assert.Contains("released.db", error.Message, StringComparison.Ordinal);
            await node.OpenRun("new").ClaimAsync("new/0/masked", new byte[32], CancellationToken.None);
        }
    }
}
