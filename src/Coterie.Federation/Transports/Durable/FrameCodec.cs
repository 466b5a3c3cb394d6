using Coterie.Core.Parties;
using Coterie.Federation.Protos;
using Coterie.Federation.Transports.Carriers;
using Google.Protobuf;

namespace Coterie.Federation.Transports.Durable;

/// <summary>Frames as bytes, and back from a peer that may lie.</summary>
internal static class FrameCodec
{
    /// <summary>Longest step of a message, in characters: the deepest of any protocol has a quarter of that.</summary>
    public const int MaximumStepLength = 512;

    /// <summary>Messages of one step between two parties, at most.</summary>
    public const int MaximumIndex = 1 << 24;

    private const int MaximumRunLength = 256, DigestBytes = 32, WitnessBytes = 16, MaximumReasonLength = 4096;

    private static readonly MessageParser<Frame> Parser = Frame.Parser.WithDiscardUnknownFields(true);

    private static readonly MessageParser<Control> ControlParser = Control.Parser.WithDiscardUnknownFields(true);

    public static byte[] Write(Frame frame) => frame.ToByteArray();

    /// <summary>The frame, or null when the bytes are none: too long, damaged, or breaking a bound that holds for every run.</summary>
    public static Frame? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > CarrierLimits.MaximumFrameBytes) return null;
        try
        {
            var frame = Parser.ParseFrom(bytes);
            return frame.BodyCase switch
            {
                Frame.BodyOneofCase.Run => IsSound(frame.Run) ? frame : null,
                Frame.BodyOneofCase.Control => frame.Control.BodyCase == Control.BodyOneofCase.None ? null : frame,
                Frame.BodyOneofCase.Part => ControlParts.IsSound(frame.Part) ? frame : null,
                _ => null,
            };
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            // The parser says malformed in these ways: of a message that ends inside a nested one's number, by running off its buffer.
            return null;
        }
    }

    /// <summary>A control whose parts have all come, or null when the bytes are none.</summary>
    public static Control? ReadControl(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return ControlParser.ParseFrom(bytes) is { BodyCase: not Control.BodyOneofCase.None } control ? control : null;
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    private static bool IsSound(RunFrame frame) => frame.Run is { Length: > 0 and <= MaximumRunLength } && frame.BodyCase switch
    {
        RunFrame.BodyOneofCase.Resume => IsSound(frame.Resume),
        RunFrame.BodyOneofCase.Chunk => IsSound(frame.Run, frame.Chunk),
        RunFrame.BodyOneofCase.Acknowledgement => IsNumber(frame.Acknowledgement.Received) && frame.Acknowledgement.Witness.Length == WitnessBytes,
        RunFrame.BodyOneofCase.Departure => frame.Departure.Reason.Length <= MaximumReasonLength && frame.Departure.Sent <= long.MaxValue,
        _ => false,
    };

    private static bool IsSound(Resume resume) =>
        IsNumber(resume.Received) && IsNumber(resume.Acknowledged) && IsNumber(resume.Partial)
        && IsWitness(resume.ReceivedWitness, resume.Received) && IsWitness(resume.AcknowledgedWitness, resume.Acknowledged) && resume.Witness.Length == WitnessBytes
        && resume.PartialDigest.Length == (resume.Partial == 0 ? 0 : DigestBytes);

    private static bool IsSound(string run, Chunk chunk) =>
        IsNumber(chunk.Sequence) && chunk.Sequence > 0
        && chunk.Step.Length <= MaximumStepLength && new StepTag(run).Covers(chunk.Step)
        && chunk.Index <= MaximumIndex
        && IsNumber(chunk.Total) && chunk.Offset <= chunk.Total && (ulong)chunk.Content.Length <= chunk.Total - chunk.Offset
        && chunk.Content.Length <= CarrierLimits.ChunkBytes && (chunk.Content.Length > 0 || chunk.Offset == chunk.Total)
        && chunk.Digest.Length == DigestBytes && chunk.Witness.Length == WitnessBytes;

    /// <summary>Room is left to count on.</summary>
    private static bool IsNumber(ulong value) => value < long.MaxValue;

    private static bool IsWitness(ByteString witness, ulong number) => witness.Length == (number == 0 ? 0 : WitnessBytes);
}
