using Coterie.Federation.Identity;

namespace Coterie.Tests.Identity;

public sealed class PrivateFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("coterie-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_ThatFailsBeforeTheRename_LeavesWhatWasThereAndNothingElse()
    {
        var path = Path.Combine(_folder, "file");
        PrivateFiles.Write(path, [1]);
        Assert.Throws<IOException>(() => PrivateFiles.Write(path, [2], () => throw new IOException("No space left on device")));
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_WhereTheRenameFails_LeavesNothing()
    {
        var path = Path.Combine(_folder, "folder");
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<SystemException>(() => PrivateFiles.Write(path, [1]));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void CreateFolder_ThatFailsHalfway_LeavesNothing()
    {
        var path = Path.Combine(_folder, "identity");
        Assert.Throws<IOException>(() => PrivateFiles.CreateFolder(path, staging =>
        {
            PrivateFiles.Write(Path.Combine(staging, "key.pem"), [1]);
            throw new IOException("No space left on device");
        }));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void CreateFolder_WhereAnotherCameFirst_DoesNotReplaceIt()
    {
        var path = Path.Combine(_folder, "identity");
        Consortium.Refuses(IdentityReason.AlreadyExists, () => PrivateFiles.CreateFolder(path, _ =>
        {
            Directory.CreateDirectory(path);
            File.WriteAllText(Path.Combine(path, "theirs"), "");
        }));
        Assert.True(File.Exists(Path.Combine(path, "theirs")));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Fill_OfAFileThatIsThere_Fails()
    {
        var path = Path.Combine(_folder, "file");
        PrivateFiles.Fill(path, []);
        Assert.Throws<IOException>(() => PrivateFiles.Fill(path, []));
    }

    [Fact]
    public void Read_OfALongFileOrNone_IsRefused()
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllBytes(path, new byte[11]);
        Consortium.Refuses(IdentityReason.Malformed, () => PrivateFiles.Read(path, 10), path);
        Consortium.Refuses(IdentityReason.NotFound, () => PrivateFiles.Read(path + "x", 10), path);
    }
}
