using System.Text;
using Coterie.Core.Parties;
using Coterie.Federation.RunStore;
using Coterie.Tests.Transports.Durable;

namespace Coterie.Tests.RunStore;

/// <summary>What a store promises a party that may be killed, copied and run twice.</summary>
public sealed class NodeStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = TestNode.TemporaryFolder();

    private string Folder => Path.Combine(_folder.FullName, "node");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SaveAsync_ThenReopen_TheRecordIsThere()
    {
        var record = new RunRecord("run", RunState.Accepted, new byte[] { 1, 2 }, new byte[] { 3 }, "because", DateTimeOffset.UnixEpoch.AddDays(1), DateTimeOffset.UnixEpoch.AddDays(2));
        using (var store = NodeStore.Open(Folder))
        {
            await store.SaveAsync(record with { State = RunState.Offered, Reason = null }, default);
            await store.SaveAsync(record, default);
        }
        using var again = NodeStore.Open(Folder);
        var found = Assert.Single(again.Runs());
        Assert.Equal(record with { Offer = default, Roster = default }, found with { Offer = default, Roster = default });
        Assert.Equal(record.Offer.ToArray(), found.Offer.ToArray());
        Assert.Equal(record.Roster.ToArray(), again.Find("run")!.Roster.ToArray());
        Assert.Null(again.Find("other"));
    }

    [Fact]
    public void Open_ByASecond_IsRefusedUntilTheFirstIsGone()
    {
        using (NodeStore.Open(Folder)) Assert.Contains("in use", Assert.Throws<StoreException>(() => NodeStore.Open(Folder)).Message, StringComparison.Ordinal);
        NodeStore.Open(Folder).Dispose();
    }

    [Fact]
    public void Open_FilesAndFolder_AreTheirOwnersAlone()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        using var store = NodeStore.Open(Folder);
        store.OpenRun("run");
        foreach (var path in Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Append(Folder))
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Theory]
    [InlineData("state.db")]
    [InlineData("released.db")]
    public void Open_FileOfANewerVersion_IsRefused(string file)
    {
        NodeStore.Open(Folder).Dispose();
        using (var database = Database.Open(Path.Combine(Folder, file))) database.Script("INSERT INTO schema_version (version) VALUES (99)");
        var error = Assert.Throws<StoreException>(() => NodeStore.Open(Folder));
        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state.db", 0)]
    [InlineData("state.db", 4096)]
    [InlineData("released.db", 0)]
    public void Open_DamagedFile_IsRefusedByName(string file, int at)
    {
        using (var store = NodeStore.Open(Folder)) store.OpenRun("run");
        using (var stream = File.OpenWrite(Path.Combine(Folder, file)))
        {
            stream.Position = at;
            stream.Write(Enumerable.Repeat((byte)0xAB, 8192).ToArray());
        }
        var error = Assert.Throws<StoreException>(() => NodeStore.Open(Folder));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        // The folder is free for whoever repairs it.
        Assert.Throws<StoreException>(() => NodeStore.Open(Folder));
    }

    [Fact]
    public async Task SaveAsync_FinishedStep_LetsGoOfItsCheckpointsAlone()
    {
        using var store = NodeStore.Open(Folder);
        var run = store.OpenRun("run");
        await run.SaveAsync("run/1", "a"u8.ToArray(), default);
        await run.SaveAsync("run/1/deep", "b"u8.ToArray(), default);
        await run.SaveAsync("run/10", "c"u8.ToArray(), default);
        await run.SaveAsync("run/1/kept", "d"u8.ToArray(), new StepTag("run/1"), default);
        Assert.Null(await run.LoadAsync("run/1", default));
        Assert.Null(await run.LoadAsync("run/1/deep", default));
        Assert.Equal("c", Encoding.UTF8.GetString((await run.LoadAsync("run/10", default))!.Value.Span));
        Assert.Equal("d", Encoding.UTF8.GetString((await run.LoadAsync("run/1/kept", default))!.Value.Span));
    }

    [Fact]
    public async Task ClaimAsync_AnotherValue_IsRefusedAlsoAfterRestartAndOtherRunsAreFree()
    {
        using (var store = NodeStore.Open(Folder)) await store.OpenRun("run").ClaimAsync("key", new byte[] { 1 }, default);
        using var again = NodeStore.Open(Folder);
        await again.OpenRun("run").ClaimAsync("key", new byte[] { 1 }, default);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => again.OpenRun("run").ClaimAsync("key", new byte[] { 2 }, default).AsTask());
        Assert.Equal(ProtocolErrorCode.AlreadyReleased, error.Code);
        await again.OpenRun("other").ClaimAsync("key", new byte[] { 2 }, default);
    }

    [Fact]
    public async Task HistoryAndOpenings_RecordedTwice_AreKeptOnceInOrderAcrossRestarts()
    {
        var rounds = Enumerable.Range(0, 3).Select(i => new RunProgress("learner", new StepTag("run").Then(i), i, 9, i == 1 ? null : 0.1 * i, i == 2 ? double.NaN : 1.0 / (i + 3), 4)).ToArray();
        var openings = Enumerable.Range(0, 3).Select(i => new Opening("sum", new PartyId("c"), new StepTag("run").Then(i), 7, 3)).ToArray();
        for (var life = 0; life < 2; life++)
        {
            using var store = NodeStore.Open(Folder);
            var run = store.OpenRun("run");
            foreach (var opening in openings) run.RecordOpening(opening);
            foreach (var round in rounds) await run.RecordAsync(round, default);
            Assert.Equal(rounds, run.History());
            Assert.Equal(openings, run.Openings());
        }
    }

    [Fact]
    public async Task ForgetAsync_ARun_LeavesNoCheckpointOnTheDiskAndKeepsRecordAndClaims()
    {
        using var store = NodeStore.Open(Folder);
        var run = store.OpenRun("run");
        await run.SaveAsync("run/x", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("unmistakable", 50))), default);
        await run.ClaimAsync("key", new byte[] { 1 }, default);
        run.RecordOpening(new Opening("sum", new PartyId("c"), new StepTag("run/1"), 7, 3));
        await store.ForgetAsync("run", default);
        foreach (var file in Directory.GetFiles(Folder, "*.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain("unmistakable", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
        Assert.Null(await store.OpenRun("run").LoadAsync("run/x", default));
        Assert.Single(store.OpenRun("run").Openings());
        await Assert.ThrowsAsync<ProtocolException>(() => store.OpenRun("run").ClaimAsync("key", new byte[] { 2 }, default).AsTask());
    }

    [Fact]
    public async Task SaveAsync_ManyAtOnce_ShareTransactions()
    {
        var commits = 0;
        using var store = NodeStore.Open(Folder, TimeProvider.System, new StoreSettings { Probe = (point, _) => { if (point == StorePoint.AfterCommit) Interlocked.Increment(ref commits); } });
        var run = store.OpenRun("run");
        var before = commits;
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => run.SaveAsync($"run/{i}", new byte[10], default).AsTask()));
        Assert.InRange(commits - before, 2, 250);
    }

    [Fact]
    public async Task WriteAsync_OneOfABatchFails_TheOthersAreWritten()
    {
        using var store = NodeStore.Open(Folder);
        var run = store.OpenRun("run");
        var writes = Enumerable.Range(0, 20).Select(i => i == 7
            ? store.WriteAsync<int>(d => { d.Execute("INSERT INTO checkpoints (run, key, state) VALUES (1, 'bad', x'00')"); throw new FormatException("mine"); })
            : store.WriteAsync(d => d.Execute("INSERT INTO checkpoints (run, key, state) VALUES (1, $1, x'00')", $"k{i}"))).ToArray();
        await Assert.ThrowsAsync<FormatException>(() => writes[7]);
        await Task.WhenAll(writes.Where((_, i) => i != 7));
        Assert.Null(await run.LoadAsync("bad", default));
        Assert.NotNull(await run.LoadAsync("k19", default));
    }

    [Fact]
    public async Task SaveAsync_FileRemovedInUse_Fails()
    {
        using var store = NodeStore.Open(Folder, TimeProvider.System, new StoreSettings { Retries = [] });
        var run = store.OpenRun("run");
        File.Delete(Path.Combine(Folder, "state.db"));
        var error = await Assert.ThrowsAsync<StoreException>(() => run.SaveAsync("run/1", new byte[1], default).AsTask());
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
    }
}
