using System.Diagnostics;
using Coterie.Core.Parties;
using Coterie.Federation.RunStore;
using Coterie.Federation.Transports.Carriers.InMemory;
using Coterie.Tests.Transports.Durable;

namespace Coterie.Tests.RunStore;

/// <summary>A test that mounts a small file system; skipped where that is not allowed.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !SmallDisk.Works) Skip = "Needs the right to mount a file system.";
    }
}

/// <summary>A file system in memory of a given size.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly Lazy<bool> Tried = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("coterie-mount-");
        var works = Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.FullName) && Run("umount", folder.FullName);
        folder.Delete();
        return works;
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coterie-small-");

    public SmallDisk(int kibibytes)
    {
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", Folder)) throw new IOException("mount");
    }

    public static bool Works => Tried.Value;

    public string Folder => _folder.FullName;

    public void Grow(int kibibytes) => Run("mount", "-o", $"remount,size={kibibytes}k", Folder);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        _folder.Delete();
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false });
        return process is not null && process.WaitForExit(10_000) && process.ExitCode == 0;
    }
}

/// <summary>A disk that is full pauses a run, then ends it for this party; what was stored is there when space is.</summary>
public sealed class FullDiskTests
{
    [SmallDiskFact]
    public async Task SaveAsync_DiskFull_FailsAndWorksAgainWithSpace()
    {
        using var disk = new SmallDisk(1024);
        using (var store = NodeStore.Open(Path.Combine(disk.Folder, "node"), TimeProvider.System, new StoreSettings { Retries = [] }))
        {
            var run = store.OpenRun("run");
            var saved = 0;
            var error = await Assert.ThrowsAsync<StoreException>(async () =>
            {
                for (; saved < 100; saved++) await run.SaveAsync($"run/{saved}", new byte[50_000], default);
            });
            Assert.Contains("state.db", error.Message, StringComparison.Ordinal);
            Assert.Contains("full", error.Message, StringComparison.Ordinal);
            Assert.True(saved > 0);
            Assert.NotNull(await run.LoadAsync($"run/{saved - 1}", default));
            Assert.Null(await run.LoadAsync($"run/{saved}", default));
            disk.Grow(16_384);
            await run.SaveAsync($"run/{saved}", new byte[50_000], default);
        }
        using var again = NodeStore.Open(Path.Combine(disk.Folder, "node"));
        Assert.NotNull(await again.OpenRun("run").LoadAsync("run/0", default));
    }

    [SmallDiskFact]
    public async Task SendAsync_DiskFullForAWhile_GoesOn()
    {
        using var disk = new SmallDisk(2048);
        var store = new StoreSettings { Retries = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(50), 200)] };
        var folder = Directory.CreateDirectory(Path.Combine(disk.Folder, "all")).FullName;
        var roster = TestNode.RosterOf(2);
        await using var node = TestNode.Start(new MemoryCarriers(), roster, roster.Coordinator, folder, store);
        // No peer is there: everything stays on the disk.
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await node.Channel.SendAsync(roster.Participants[0], new StepTag("run").Then(i), Enumerable.Repeat((byte)i, i == 10 ? 1_500_000 : 100_000).ToArray(), default);
        });
        await Task.WhenAny(sending, Task.Delay(500));
        Assert.False(sending.IsCompleted);
        disk.Grow(65_536);
        await sending.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(20, node.Run.Messages.Unacknowledged().Count);
    }

    [SmallDiskFact]
    public async Task ReceiveAsync_DiskFullForGood_EndsForThisPartyAloneAndTheMessageComesAfterARestart()
    {
        using var disk = new SmallDisk(1024);
        var large = TestNode.TemporaryFolder();
        var roster = TestNode.RosterOf(1);
        var hub = new MemoryCarriers();
        try
        {
            await using var sender = TestNode.Start(hub, roster, roster.Participants[0], large.FullName);
            await using (var node = TestNode.Start(hub, roster, roster.Coordinator, disk.Folder, new StoreSettings { Retries = [] }))
            {
                await sender.Channel.SendAsync(roster.Coordinator, new StepTag("run/1"), new byte[3_000_000], default);
                await Assert.ThrowsAsync<StoreException>(() => node.Channel.ReceiveAsync(roster.Participants[0], new StepTag("run/1"), 1 << 24, default).AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
                var told = await Assert.ThrowsAsync<PeerUnavailableException>(() => sender.Channel.ReceiveAsync(roster.Coordinator, new StepTag("run/2"), 1 << 24, default).AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
                Assert.Contains("its disk fails", told.Message, StringComparison.Ordinal);
            }
            disk.Grow(65_536);
            await using var again = TestNode.Start(hub, roster, roster.Coordinator, disk.Folder);
            Assert.Equal(3_000_000, (await again.Channel.ReceiveAsync(roster.Participants[0], new StepTag("run/1"), 1 << 24, default).AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Length);
        }
        finally
        {
            large.Delete(recursive: true);
        }
    }
}
