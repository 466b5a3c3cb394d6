using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Coterie.Federation.RunStore;

/// <summary>A large message while it is written: its digest grows with it, and it is on the disk when <see cref="Complete"/> returns.</summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly string _path;
    private readonly StoreSettings _settings;
    private readonly TimeProvider _time;
    private readonly SafeFileHandle _handle;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _hashed;

    /// <exception cref="StoreException">The file cannot be made.</exception>
    public SpoolFile(string path, StoreSettings settings, TimeProvider time)
    {
        _path = path;
        _settings = settings;
        _time = time;
        try
        {
            NodeFolder.Touch(path);
            _handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreErrors.From(path, error);
        }
    }

    /// <summary>The name the state keeps.</summary>
    public string Name => Path.GetFileName(_path);

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Writes at the end; tries again for a while when the disk is full.</summary>
    /// <exception cref="StoreException">The disk took nothing for all that time.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                _settings.Probe?.Invoke(StorePoint.Spool, _path);
                CatchUp();
                await RandomAccess.WriteAsync(_handle, content, Length, cancellationToken);
                break;
            }
            catch (IOException error) when (error is not StoreException)
            {
                if (attempt == _settings.Retries.Length) throw StoreErrors.From(_path, error);
                await Task.Delay(_settings.Retries[attempt], _time, cancellationToken);
            }
        }
        _hash.AppendData(content.Span);
        Length += content.Length;
        _hashed = Length;
    }

    /// <summary>Flushes to the disk; returns the digest of everything written.</summary>
    public byte[] Complete()
    {
        try
        {
            CatchUp();
            RandomAccess.FlushToDisk(_handle);
            return _hash.GetHashAndReset();
        }
        catch (IOException error) when (error is not StoreException)
        {
            throw StoreErrors.From(_path, error);
        }
    }

    public void Delete()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose()
    {
        _handle.Dispose();
        _hash.Dispose();
    }

    /// <summary>Hashes what an earlier process wrote.</summary>
    private void CatchUp()
    {
        if (_hashed == Length) return;
        var buffer = new byte[1 << 18];
        while (_hashed < Length)
        {
            var read = RandomAccess.Read(_handle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - _hashed)), _hashed);
            if (read == 0) throw new IOException($"{_path} became shorter.");
            _hash.AppendData(buffer.AsSpan(0, read));
            _hashed += read;
        }
    }
}
