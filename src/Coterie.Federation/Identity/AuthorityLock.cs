namespace Coterie.Federation.Identity;

/// <summary>Lets one change at a time happen in an authority's folder, whichever process makes it. The system frees it when a process dies.</summary>
internal static class AuthorityLock
{
    private const string File = "lock";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);   // changes take milliseconds

    /// <summary>Waits for the lock; disposing gives it back.</summary>
    /// <exception cref="IOException">Another process has held it for too long.</exception>
    public static async Task<IDisposable> AcquireAsync(string folder, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, File), options);
            }
            catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException))
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience)
                    throw new IOException($"Another process works in {folder} and does not finish; end it and try again.", error);
            }
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
