using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Numerics;
using Coterie.Core.Randomness;

namespace Coterie.Cryptography.ObliviousTransfer;

/// <summary>One party's steps of making a Beaver triple by oblivious transfer; both parties do the same.</summary>
/// <remarks>
/// 1. Each party p draws its shares A_p and B_p, and sends <see cref="Question"/> for B_p. 2. Each answers the other's question with its A_p
/// (<see cref="Answer"/>). 3. <see cref="Finish"/>: C_p is A_p B_p and its shares of the two cross products, A_0 B_1 and A_1 B_0.
/// Each learns its own shares, which are uniform. Semi-honest parties: a wrong answer makes a wrong triple. The two directions use transfers of two
/// sessions, one in which each party sends.
/// </remarks>
public sealed class TripleMaker : IDisposable
{
    private readonly ProductShape _shape;
    private readonly ProductQuestion _question;
    private readonly ulong[] _left;
    private readonly ulong[] _right;
    private ulong[]? _cross;
    private bool _finished;

    private TripleMaker(ProductShape shape, ProductQuestion question, ulong[] left, ulong[] right) => (_shape, _question, _left, _right) = (shape, question, left, right);

    /// <summary>Step 1, to be sent.</summary>
    public ReadOnlyMemory<byte> Question => _question.Message;

    /// <summary>Draws this party's factors.</summary>
    /// <param name="shape">What is multiplied, with factors of 64 bits: a triple's are uniform in the ring.</param>
    /// <param name="received">Transfers that this party receives.</param>
    /// <param name="random">Where the factors come from.</param>
    /// <exception cref="ArgumentException">The shape has fewer bits.</exception>
    public static TripleMaker Create(ProductShape shape, ExtensionReceiver received, CryptographicRandom random)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(random);
        if (shape.Bits != 64) throw new ArgumentException($"The factors of a triple have 64 bits, not {shape.Bits}.", nameof(shape));
        var (left, right) = (new ulong[shape.LeftEntries], new ulong[shape.RightEntries]);
        random.Fill(MemoryMarshal.AsBytes(left.AsSpan()));
        random.Fill(MemoryMarshal.AsBytes(right.AsSpan()));
        return new TripleMaker(shape, ProductQuestion.Create(shape, right, received, random), left, right);
    }

    /// <summary>Step 2, to be sent; once.</summary>
    /// <param name="question">The other party's question.</param>
    /// <param name="sent">Transfers that this party sends.</param>
    /// <exception cref="CryptographicException">The question has another length or head, or fails the consistency check.</exception>
    /// <exception cref="InvalidOperationException">A question was answered before.</exception>
    public byte[] Answer(ReadOnlySpan<byte> question, ExtensionSender sent)
    {
        // A second answer would hide the same factor with other pads: harmless, but no protocol asks for it.
        if (_cross is not null || _finished) throw new InvalidOperationException("The question of a triple is answered once.");
        (var message, _cross) = ProductAnswer.Create(_shape, _left, question, sent);
        return message;
    }

    /// <summary>Step 3, once.</summary>
    /// <param name="answer">The other party's answer.</param>
    /// <exception cref="CryptographicException">The answer has another length or head.</exception>
    /// <exception cref="InvalidOperationException">No question was answered yet, or the triple was finished before.</exception>
    public Triple Finish(ReadOnlySpan<byte> answer)
    {
        if (_cross is null || _finished) throw new InvalidOperationException("A triple is finished once, after the other party's question was answered.");
        var product = _question.Finish(answer);
        _finished = true;
        AddOwn(product);
        var triple = new Triple(_shape, (ulong[])_left.Clone(), (ulong[])_right.Clone(), product);
        Dispose();
        return triple;
    }

    /// <summary>Zeroes the shares.</summary>
    public void Dispose()
    {
        _finished = true;
        _question.Dispose();
        foreach (var share in new[] { _left, _right, _cross ?? [] }) CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(share.AsSpan()));
    }

    /// <summary>The share of the other cross product, and A_p B_p, modulo 2^64.</summary>
    private void AddOwn(Span<ulong> product)
    {
        unchecked
        {
            for (var i = 0; i < product.Length; i++) product[i] += _cross![i];
            if (_shape.IsScaled)
            {
                for (var i = 0; i < _left.Length; i++) product[(i / (_shape.Inner * _shape.Columns) * _shape.Columns) + (i % _shape.Columns)] += _left[i] * _right[i / _shape.Columns];
                return;
            }
            RingKernels.AddProduct(_left, _right, product, _shape.Rows, _shape.Inner, _shape.Columns);
        }
    }
}
