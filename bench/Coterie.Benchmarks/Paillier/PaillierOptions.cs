using System.Globalization;

namespace Coterie.Benchmarks.Paillier;

/// <summary>What to measure.</summary>
/// <param name="Bits">Sizes of n.</param>
/// <param name="Quick">Fewer and shorter rounds, without the large matrix.</param>
/// <param name="Key">The one to measure with, or null for a new one of each size.</param>
internal sealed record PaillierOptions(IReadOnlyList<int> Bits, bool Quick = false, PaillierKey? Key = null)
{
    /// <summary>Both sizes, in full.</summary>
    public static PaillierOptions Default { get; } = new([2048, 3072]);

    /// <summary>Null where the arguments are not understood.</summary>
    /// <exception cref="FormatException">The primes are none of a key.</exception>
    public static PaillierOptions? TryRead(ReadOnlySpan<string> arguments)
    {
        var options = Default;
        while (!arguments.IsEmpty)
            switch (arguments)
            {
                case ["--quick", .. var rest]:
                    options = options with { Quick = true };
                    arguments = rest;
                    break;
                case ["--bits", var text, .. var rest] when int.TryParse(text, CultureInfo.InvariantCulture, out var bits) && Default.Bits.Contains(bits):
                    options = options with { Bits = [bits] };
                    arguments = rest;
                    break;
                case ["--primes", var p, var q, .. var rest]:
                    options = options with { Key = PaillierKey.Parse(p, q) };
                    arguments = rest;
                    break;
                default:
                    return null;
            }
        return options;
    }

    /// <summary>The keys to measure with, one per size.</summary>
    public IEnumerable<PaillierKey> Keys() => Key is not null ? [Key] : Bits.Select(PaillierKey.Generate);
}
