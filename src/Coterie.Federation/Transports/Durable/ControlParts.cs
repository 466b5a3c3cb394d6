using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Durable;

/// <summary>Controls that are longer than a frame, cut into parts; and put together again from those of one peer, which may lie.</summary>
internal sealed class ControlParts
{
    /// <summary>Longest control: a beginning of some 25,000 parties.</summary>
    public const int MaximumControlBytes = 16 << 20;

    private const int PartBytes = CarrierLimits.ChunkBytes;

    private readonly MemoryStream _bytes = new();
    private ulong _control;
    private uint _next, _count;

    /// <summary>The frames that say a control: itself, or its parts, each made when it is asked for.</summary>
    /// <param name="control">The control.</param>
    /// <param name="number">Tells it from others of this sender.</param>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaximumControlBytes"/>.</exception>
    public static IEnumerable<byte[]> Cut(Control control, ulong number)
    {
        var whole = new Frame { Control = control };
        if (whole.CalculateSize() <= CarrierLimits.MaximumFrameBytes) return [FrameCodec.Write(whole)];
        var bytes = control.ToByteArray();
        if (bytes.Length > MaximumControlBytes) throw new ArgumentException($"A control of {bytes.Length} bytes cannot be sent; at most {MaximumControlBytes} are.", nameof(control));
        var count = (bytes.Length + PartBytes - 1) / PartBytes;
        return Enumerable.Range(0, count).Select(index => FrameCodec.Write(new Frame
        {
            Part = new ControlPart
            {
                Control = number,
                Index = (uint)index,
                Count = (uint)count,
                Content = ByteString.CopyFrom(bytes, index * PartBytes, Math.Min(PartBytes, bytes.Length - (index * PartBytes))),
            },
        }));
    }

    /// <summary>Whether a part keeps the bounds that hold for every control.</summary>
    public static bool IsSound(ControlPart part) =>
        part.Count is > 1 and <= MaximumControlBytes / PartBytes && part.Index < part.Count
        // Only the last may be shorter: what is announced is what comes.
        && (part.Content.Length == PartBytes || (part.Index == part.Count - 1 && part.Content.Length is > 0 and < PartBytes));

    /// <summary>Takes the peer's next part.</summary>
    /// <param name="part">A sound part.</param>
    /// <param name="control">The control, when this was its last part.</param>
    /// <returns>Whether it is the one that had to come; else what there was of the control is dropped.</returns>
    public bool Take(ControlPart part, out Control? control)
    {
        control = null;
        // The first part begins anew: what came before a lost connection is sent again.
        if (part.Index == 0) (_control, _next, _count) = (part.Control, 0, part.Count);
        if (part.Index == 0) Drop();
        if (part.Control != _control || part.Count != _count || part.Index != _next)
        {
            Reset();
            return false;
        }
        part.Content.WriteTo(_bytes);
        if (++_next < _count) return true;
        control = FrameCodec.ReadControl(_bytes.GetBuffer().AsSpan(0, checked((int)_bytes.Length)));
        Reset();
        return control is not null;
    }

    private void Reset()
    {
        (_control, _next, _count) = (0, 0, 0);
        Drop();
    }

    private void Drop()
    {
        _bytes.SetLength(0);
        _bytes.Capacity = 0;
    }
}
