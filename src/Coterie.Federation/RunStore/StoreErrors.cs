using Microsoft.Data.Sqlite;

namespace Coterie.Federation.RunStore;

/// <summary>Says what is wrong with a file and what to do about it.</summary>
internal static class StoreErrors
{
    private const int Locked = 5, LockedTable = 6, ReadOnly = 8, Io = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    /// <summary>Whether the same write may work later: the disk is full, the file locked, the medium away.</summary>
    public static bool MayPass(Exception error) =>
        error is SqliteException { SqliteErrorCode: Locked or LockedTable or Io or Full or CannotOpen } or (IOException and not StoreException);

    public static StoreException From(string path, Exception error) => error switch
    {
        StoreException store => store,
        SqliteException sqlite => new StoreException(sqlite.SqliteErrorCode switch
        {
            Full => $"{path} cannot be written: the disk is full. Free some space and start again; what was stored before is intact.",
            Locked or LockedTable => $"{path} is locked by another program. Close whatever has it open and start again.",
            ReadOnly => $"{path} cannot be written: it is read-only. Make the folder writable for its owner.",
            Corrupt or NotADatabase => $"{path} is damaged. Check the disk, and put a copy of the whole folder back; runs that went on after the copy was made are refused then.",
            Io or CannotOpen => $"{path} cannot be read or written ({sqlite.Message}) Check that the disk is there and start again; what was stored before is intact.",
            _ => $"{path}: {sqlite.Message}",
        }, sqlite),
        _ => new StoreException($"{path} cannot be read or written: {error.Message} Check the disk and its free space and start again; what was stored before is intact.", error),
    };
}
