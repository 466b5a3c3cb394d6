using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Coterie.Federation.Transports;

namespace Coterie.Conformance.Attacks.Recording;

/// <summary>Runs with the same rows and fresh secrets, side by side.</summary>
internal sealed class Recordings(ImmutableArray<RecordedRun> runs)
{
    private const int BlockBytes = 16;

    /// <summary>Different bytes of a block, for it to be more than lengths, units and zeros: of random ones one in a thousand has fewer.</summary>
    private const int LeastDifferent = 13;

    /// <summary>As in <see cref="Uniformity"/>: a sample of fewer bytes says nothing.</summary>
    private const int LeastBytes = 4096;

    /// <summary>What every message of oblivious transfer begins with: its kind, session and counters, which are public.</summary>
    private const int TransferHead = 32;

    private static readonly HashSet<string> Transfers = ["offer", "reply", "reverse", "question", "answer", "choices", "garbled"];

    /// <summary>What hides values by masks, shares, keys of garbled circuits or encryption.</summary>
    private static readonly HashSet<string> Masked = ["masked", "ring-sum", "total", "share", "reply", "reverse", "question", "answer", "choices", "garbled", "encrypted", "blinded", "model", "final"];

    /// <summary>
    /// What is the same in every run or round by design: opened preprocessing and models, names of blocks and parties, and, of a model that is shortened, the same ciphertexts shown to whoever
    /// checks it.
    /// </summary>
    private static readonly HashSet<string> Public = ["next", "helper", "model-owner", "told", "ring-order", "model", "verify", "verifier", "owner", "opening", "rescaled"];

    /// <summary>
    /// Chi-square over bytes of each masked kind, different messages only, framing taken off: 255 degrees of freedom; 400 is exceeded once in 5e7 kinds (see <see cref="Uniformity"/>).
    /// </summary>
    public void AssertUniform(string mode)
    {
        var tested = new List<string>();
        foreach (var kind in runs.SelectMany(r => r.Messages).GroupBy(Recorder.KindOf).Where(k => Masked.Contains(k.Key)))
        {
            var counts = new long[256];
            foreach (var sent in Sent(kind.Key)) Count(kind.Key, sent, counts);
            var expected = counts.Sum() / 256.0;
            if (256 * expected < LeastBytes) continue;
            tested.Add(kind.Key);
            var statistic = counts.Sum(c => (c - expected) * (c - expected) / expected);
            Assert.True(statistic < 400, $"{kind.Key} of {mode} is not uniform: {statistic:F0}.");
        }
        if (mode != "federated") Assert.NotEmpty(tested);
    }

    /// <summary>No block of sixteen bytes occurs in two rounds or two runs, but in what is public.</summary>
    public void AssertNothingRepeats()
    {
        var seen = new Dictionary<UInt128, (int Run, string Round)>();
        for (var run = 0; run < runs.Length; run++)
            foreach (var message in runs[run].Messages.Where(m => !Public.Contains(Recorder.KindOf(m))))
            {
                // In one round the coordinator passes things on.
                var round = message.Step.Path[..message.Step.Path.LastIndexOf('/')];
                var body = BodyOf(message).Span;
                foreach (var block in MemoryMarshal.Cast<byte, UInt128>(body[..(body.Length / BlockBytes * BlockBytes)]))
                    if (IsLong(block) && !seen.TryAdd(block, (run, round)) && seen[block] != (run, round))
                        Assert.Fail($"{block:x32} of {message.Step} in run {run} was sent before, below {seen[block].Round} of run {seen[block].Run}.");
            }
    }

    /// <summary>What went in every run from one party to another in a step, run beside run; what went to several is there once.</summary>
    private IEnumerable<ReadOnlyMemory<byte>[]> Sent(string kind)
    {
        var known = new HashSet<string>();
        var all = runs.SelectMany(r => r.Messages).Where(m => Recorder.KindOf(m) == kind).GroupBy(m => (m.From, m.To, m.Step.Path));
        foreach (var same in all)
            if (same.Count() == runs.Length && known.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(same.First().Payload.Span)))) yield return [.. same.Select(BodyOf)];
    }

    private static void Count(string kind, ReadOnlyMemory<byte>[] sent, long[] counts)
    {
        var length = sent.Min(s => s.Length);
        var framing = 0;
        for (var i = 0; i < length; i++)
        {
            // What is the same in all runs is a length, a name or a head.
            if (sent.All(s => s.Span[i] == sent[0].Span[i])) framing++;
            else if (kind != "answer" || IsFull(sent, i, length))
                foreach (var one in sent) counts[one.Span[i]]++;
        }
        Assert.True(kind == "answer" || framing <= 256 + (length / 16), $"{framing} of {length} bytes of {kind} are the same in every run.");
    }

    /// <summary>
    /// Whether a byte of an answer is one of the lower seven of a word of eight that no zeros fill up. Words at the end of a plane are filled up: their top bit is 0 in all runs, which of others it
    /// is once in eight times in three runs; that says nothing about their lower seven bytes.
    /// </summary>
    private static bool IsFull(ReadOnlyMemory<byte>[] sent, int index, int length)
    {
        var top = (index / sizeof(ulong) * sizeof(ulong)) + sizeof(ulong) - 1;
        return index != top && top < length && sent.Any(s => s.Span[top] >= 128);
    }

    private static ReadOnlyMemory<byte> BodyOf(Envelope message) => message.Payload[(Transfers.Contains(Recorder.KindOf(message)) ? Math.Min(TransferHead, message.Payload.Length) : 0)..];

    private static bool IsLong(UInt128 block)
    {
        Span<UInt128> one = [block];
        Span<byte> bytes = MemoryMarshal.AsBytes(one);
        bytes.Sort();
        var different = 1;
        for (var i = 1; i < bytes.Length; i++)
            if (bytes[i] != bytes[i - 1]) different++;
        return different >= LeastDifferent;
    }
}
