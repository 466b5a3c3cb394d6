using System.Collections.Immutable;

namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>
/// Builds circuits out of bits and words (two's complement, lowest bit first). Constants are folded, gates that were built already are used again, and what no
/// output needs is left out. The counts in the comments are conjunctions for variable inputs: exclusive or and inversion are free. Not thread-safe.
/// </summary>
public sealed partial class CircuitBuilder
{
    private readonly record struct Node(GateKind? Kind, int Left, int Right, int Level);

    private readonly List<Node> _nodes = [];
    private readonly List<int> _garblerInputs = [];
    private readonly List<int> _evaluatorInputs = [];
    private readonly List<Bit> _outputs = [];
    private readonly Dictionary<(GateKind Kind, int Left, int Right), int> _known = [];

    /// <summary>A new input bit of the garbler.</summary>
    public Bit GarblerBit() => Input(_garblerInputs);

    /// <summary>A new input bit of the evaluator.</summary>
    public Bit EvaluatorBit() => Input(_evaluatorInputs);

    /// <summary>A new input word of the garbler.</summary>
    public Word GarblerWord(int width) => Word.Build(width, _ => GarblerBit());

    /// <summary>A new input word of the evaluator.</summary>
    public Word EvaluatorWord(int width) => Word.Build(width, _ => EvaluatorBit());

    /// <summary>The next output bit.</summary>
    public void Output(Bit bit) => _outputs.Add(bit);

    /// <summary>The next output bits, lowest first.</summary>
    public void Output(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        _outputs.AddRange(word.Bits);
    }

    /// <summary>One of two differ; free.</summary>
    public Bit Xor(Bit left, Bit right)
    {
        var inverted = (left.Code ^ right.Code) & 1;
        if (left.IsConstant || right.IsConstant) return new Bit(((left.IsConstant ? right.Code : left.Code) & ~1) | inverted);
        if (left.Node == right.Node) return new Bit(inverted);
        return new Bit(Bit.Of(Gate(GateKind.Xor, left.Node, right.Node)).Code | inverted);
    }

    /// <summary>Both are 1; one conjunction.</summary>
    public Bit And(Bit left, Bit right)
    {
        if (left.IsConstant) return left == Bit.One ? right : Bit.Zero;
        if (right.IsConstant) return right == Bit.One ? left : Bit.Zero;
        if (left.Node == right.Node) return left == right ? left : Bit.Zero;
        // Inverted inputs are taken out (!a & b = b ^ (a & b)), so that gates which differ in them alone are one.
        var (a, b) = (Bit.Of(left.Node), Bit.Of(right.Node));
        var both = Bit.Of(Gate(GateKind.And, left.Node, right.Node));
        if (left.IsInverted && right.IsInverted) return !Xor(Xor(a, b), both);
        if (left.IsInverted) return Xor(b, both);
        return right.IsInverted ? Xor(a, both) : both;
    }

    /// <summary>One of two or both are 1; one conjunction.</summary>
    public Bit Or(Bit left, Bit right) => !And(!left, !right);

    /// <summary><paramref name="whenTrue"/> where <paramref name="condition"/> is 1, else <paramref name="whenFalse"/>; one conjunction.</summary>
    public Bit Select(Bit condition, Bit whenTrue, Bit whenFalse)
    {
        if (whenTrue.IsConstant) return whenTrue == Bit.One ? Or(condition, whenFalse) : And(!condition, whenFalse);
        if (whenFalse.IsConstant) return whenFalse == Bit.One ? Or(!condition, whenTrue) : And(condition, whenTrue);
        return Xor(whenFalse, And(condition, Xor(whenTrue, whenFalse)));
    }

    /// <summary>The circuit that computes the outputs asked for.</summary>
    /// <exception cref="InvalidOperationException">No output, or no input.</exception>
    public Circuit Build()
    {
        if (_outputs.Count == 0) throw new InvalidOperationException("A circuit has at least one output.");
        if (_garblerInputs.Count + _evaluatorInputs.Count == 0) throw new InvalidOperationException("A circuit has at least one input.");
        return new CircuitLayout(this).Lay();
    }

    private Bit Input(List<int> owner)
    {
        owner.Add(_nodes.Count);
        _nodes.Add(new Node(null, -1, -1, 0));
        return Bit.Of(_nodes.Count - 1);
    }

    private int Gate(GateKind kind, int left, int right)
    {
        if (left > right) (left, right) = (right, left);
        if (_known.TryGetValue((kind, left, right), out var node)) return node;
        node = _nodes.Count;
        _known.Add((kind, left, right), node);
        _nodes.Add(new Node(kind, left, right, Math.Max(_nodes[left].Level, _nodes[right].Level) + (kind == GateKind.And ? 1 : 0)));
        return node;
    }

    /// <summary>Gives every needed gate a place in wire memory, and a place back once its last reader has been placed.</summary>
    private sealed class CircuitLayout(CircuitBuilder builder)
    {
        private readonly int[] _places = new int[builder._nodes.Count];
        private readonly int[] _readers = new int[builder._nodes.Count];
        private readonly Stack<int> _free = new();
        private readonly ImmutableArray<Gate>.Builder _gates = ImmutableArray.CreateBuilder<Gate>();
        private int _used;

        public Circuit Lay()
        {
            CountReaders();
            foreach (var input in builder._garblerInputs.Concat(builder._evaluatorInputs)) _places[input] = _used++;
            var nodes = builder._nodes;
            for (var i = 0; i < nodes.Count; i++)
            {
                if (nodes[i].Kind is not { } kind || _readers[i] == 0) continue;
                int left = _places[nodes[i].Left], right = _places[nodes[i].Right];
                Release(nodes[i].Left);
                Release(nodes[i].Right);
                _places[i] = Take();
                _gates.Add(new Gate(kind, left, right, _places[i]));
            }
            var depth = builder._outputs.Max(o => o.IsConstant ? 0 : nodes[o.Node].Level);
            int[] outputs = [.. builder._outputs.Select(Place)];
            return new Circuit(builder._garblerInputs.Count, builder._evaluatorInputs.Count, _used, _gates.ToImmutable(), [.. outputs], depth);
        }

        /// <summary>How many needed gates, and outputs, read each node. Outputs are never released.</summary>
        private void CountReaders()
        {
            foreach (var output in builder._outputs)
                if (!output.IsConstant) _readers[output.Node]++;
            for (var i = builder._nodes.Count - 1; i >= 0; i--)
            {
                if (builder._nodes[i].Kind is null || _readers[i] == 0) continue;
                _readers[builder._nodes[i].Left]++;
                _readers[builder._nodes[i].Right]++;
            }
        }

        private void Release(int node)
        {
            if (--_readers[node] == 0) _free.Push(_places[node]);
        }

        private int Take() => _free.TryPop(out var place) ? place : _used++;

        /// <summary>Where an output stands; inverted and constant ones get a gate of their own.</summary>
        private int Place(Bit output)
        {
            var place = output.IsConstant ? -1 : _places[output.Node];
            if (place < 0)
            {
                // x ^ x: a wire whose two labels are public constants of the garbler, for a value that is public.
                place = Take();
                _gates.Add(new Gate(GateKind.Xor, 0, 0, place));
            }
            if (!output.IsInverted) return place;
            var inverted = Take();
            _gates.Add(new Gate(GateKind.Invert, place, place, inverted));
            return inverted;
        }
    }
}
