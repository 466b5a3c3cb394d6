using System.Collections.Immutable;
using System.Text;
using Coterie.Federation.Nodes;

namespace Coterie.Federation.External;

/// <summary>
/// What a program writes to standard error: read to its end whatever it says, so that it never waits; the first lines go to this party's log, the
/// last are kept. It may quote rows, so it goes nowhere else.
/// </summary>
internal sealed class ProgramErrors(Stream stream, Action<string>? log)
{
    private const int LinesLogged = 1000, LinesKept = 20, LongestLine = 500;
    private readonly Queue<string> _kept = new();
    private readonly Lock _lock = new();
    private int _logged;

    /// <summary>The last lines so far.</summary>
    public ImmutableArray<string> Last
    {
        get
        {
            lock (_lock) return [.. _kept];
        }
    }

    /// <summary>Reads until the other end is closed.</summary>
    public void Drain()
    {
        var (chunk, line) = (new byte[4096], new List<byte>(LongestLine));
        try
        {
            for (int read; (read = stream.Read(chunk)) > 0;)
                foreach (var value in chunk.AsSpan(0, read))
                {
                    if (value == (byte)'\n') Take(line);
                    else if (line.Count < LongestLine) line.Add(value);
                }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The program was ended.
        }
        if (line.Count > 0) Take(line);
    }

    private void Take(List<byte> line)
    {
        var text = Printable.Of(Encoding.UTF8.GetString([.. line]), LongestLine);
        line.Clear();
        lock (_lock)
        {
            _kept.Enqueue(text);
            if (_kept.Count > LinesKept) _kept.Dequeue();
        }
        if (_logged++ < LinesLogged) log?.Invoke(text);
        else if (_logged == LinesLogged + 1) log?.Invoke("(further lines are not logged)");
    }
}
