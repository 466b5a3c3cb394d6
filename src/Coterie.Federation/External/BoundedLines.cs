namespace Coterie.Federation.External;

/// <summary>Lines of a stream, none of which takes more memory than it may; not for several threads at once.</summary>
internal sealed class BoundedLines(Stream stream)
{
    private const int FirstBytes = 64 << 10;
    private byte[] _buffer = new byte[FirstBytes];
    private int _start, _end;

    /// <summary>Whether something has come that nobody has read.</summary>
    public bool HasMore => _end > _start;

    /// <summary>The next line without its end; valid until the next call. Null at the end of the stream; what is left there without an end is no line.</summary>
    /// <param name="maximumBytes">Its longest.</param>
    /// <exception cref="InvalidDataException">It is longer.</exception>
    public ReadOnlyMemory<byte>? Read(int maximumBytes)
    {
        for (var searched = _start; ;)
        {
            var at = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + at - _start);
                if (line.Length > maximumBytes) throw new InvalidDataException();
                _start = searched + at + 1;
                return line;
            }
            if (_end - _start > maximumBytes) throw new InvalidDataException();
            var seen = _end - _start;
            MakeRoom(maximumBytes);
            searched = _start + seen;
            var read = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0) return null;
            _end += read;
        }
    }

    /// <summary>Grows with what has come, not with what may come.</summary>
    private void MakeRoom(int maximumBytes)
    {
        if (_end < _buffer.Length) return;
        var kept = _end - _start;
        var target = kept < _buffer.Length / 2 ? _buffer : new byte[(int)Math.Min((long)_buffer.Length * 2, Math.Max(FirstBytes, maximumBytes + 1L))];
        if (target.Length <= kept) target = new byte[kept + 1];
        _buffer.AsSpan(_start, kept).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, kept);
    }
}
