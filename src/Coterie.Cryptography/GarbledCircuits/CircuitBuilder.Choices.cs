using System.Collections.Immutable;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>Which of several.</summary>
public sealed partial class CircuitBuilder
{
    /// <summary>
    /// Marks the smallest of k signed words of n bits, the first of equals: one bit per word. A tournament of k - 1 comparisons and k - 2 choices; the winner is then told
    /// down the tree: (2k - 3) n + k - 2.
    /// </summary>
    public ImmutableArray<Bit> ArgMin(IReadOnlyList<Word> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (words.Count == 0) throw new ArgumentException("The smallest of no words is asked for.", nameof(words));
        var marks = new Bit[words.Count];
        // Pairs of each level, from the leaves up: whether the right one of the pair at [2i, 2i + 1] is smaller.
        var levels = new List<(int Count, Bit[] RightWins)>();
        Word[] contenders = [.. words];
        while (contenders.Length > 1)
        {
            var rightWins = new Bit[contenders.Length / 2];
            var next = new Word[(contenders.Length + 1) / 2];
            for (var i = 0; i < rightWins.Length; i++)
            {
                rightWins[i] = LessSigned(contenders[(2 * i) + 1], contenders[2 * i]);
                next[i] = Select(rightWins[i], contenders[(2 * i) + 1], contenders[2 * i]);
            }
            if (contenders.Length % 2 == 1) next[^1] = contenders[^1];
            levels.Add((contenders.Length, rightWins));
            contenders = next;
        }
        marks[0] = Bit.One;
        for (var level = levels.Count - 1; level >= 0; level--)
        {
            var (count, rightWins) = levels[level];
            if (count % 2 == 1) marks[count - 1] = marks[count / 2];
            for (var i = rightWins.Length - 1; i >= 0; i--)
            {
                var chosen = marks[i];
                marks[(2 * i) + 1] = And(chosen, rightWins[i]);
                marks[2 * i] = Xor(chosen, marks[(2 * i) + 1]);
            }
        }
        return [.. marks];
    }
}
