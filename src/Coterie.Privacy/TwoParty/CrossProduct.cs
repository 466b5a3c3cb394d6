using Coterie.Core.Arithmetic;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Privacy.TwoParty;

/// <summary>
/// A product of what one party holds with what the other holds, as shares (Gilboa, CRYPTO 1999). The factor with fewer bits in all asks: its bits choose.
/// </summary>
/// <param name="LeftHolder">Who holds the left factor.</param>
/// <param name="Left">It, where this party holds it.</param>
/// <param name="Right">The right factor, where this party holds it.</param>
/// <param name="Shape">Rows, inner, columns of the product as it is wanted.</param>
/// <param name="Bits">Bits of entries of the left and of the right factor.</param>
/// <param name="IsEntrywise">Whether matrices of rows x columns are multiplied entry by entry.</param>
internal sealed record CrossProduct(ValueHolder LeftHolder, RingMatrix? Left, RingMatrix? Right, (int Rows, int Inner, int Columns) Shape, (int Left, int Right) Bits, bool IsEntrywise)
{
    private bool IsTransposed => (long)Bits.Left * (IsEntrywise ? 1 : Shape.Rows) < (long)Bits.Right * (IsEntrywise ? 1 : Shape.Columns);

    private ValueHolder RightHolder => LeftHolder == ValueHolder.First ? ValueHolder.Second : ValueHolder.First;

    private ProductShape Transfers => IsEntrywise
        ? ProductShape.Entrywise(Shape.Rows * Shape.Columns, Math.Min(Bits.Left, Bits.Right))
        : IsTransposed
        ? ProductShape.Matrix(Shape.Columns, Shape.Inner, Shape.Rows, Bits.Left)
        : ProductShape.Matrix(Shape.Rows, Shape.Inner, Shape.Columns, Bits.Right);

    /// <summary>This party's shares of several products, in one round trip; the products are the same, in the same order, at both.</summary>
    public static async ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> products, CancellationToken cancellationToken)
    {
        using var step = link.Begin();
        if (link.Tally is { } tally) return [.. products.Select(p => p.Count(tally))];
        var questions = new ProductQuestion?[products.Count];
        var shares = new RingMatrix[products.Count];
        try
        {
            for (var i = 0; i < products.Count; i++)
            {
                if (!products[i].Asks(link.Format)) continue;
                questions[i] = ProductQuestion.Create(products[i].Transfers, products[i].Asking.Values, link.Receives, link.Random);
                await step.SendAsync($"question-{i}", questions[i]!.Message, cancellationToken);
            }
            for (var i = 0; i < products.Count; i++)
            {
                if (questions[i] is not null) continue;
                var product = products[i];
                var question = await step.ReceiveAsync($"question-{i}", product.Transfers.QuestionBytes, cancellationToken);
                var (answer, share) = step.Checked(() => ProductAnswer.Create(product.Transfers, product.Answering.Values, question.Span, link.Sends));
                await step.SendAsync($"answer-{i}", answer, cancellationToken);
                shares[i] = product.Oriented(share);
            }
            for (var i = 0; i < products.Count; i++)
            {
                if (questions[i] is not { } asked) continue;
                var answer = await step.ReceiveAsync($"answer-{i}", products[i].Transfers.AnswerBytes, cancellationToken);
                shares[i] = products[i].Oriented(step.Checked(() => asked.Finish(answer.Span)));
            }
            return shares;
        }
        finally
        {
            foreach (var question in questions) question?.Dispose();
        }
    }

    private RingMatrix Count(TwoPartyTally tally)
    {
        tally.Add(IsTransposed ? LeftHolder : RightHolder, Transfers.QuestionBytes);
        tally.Add(IsTransposed ? RightHolder : LeftHolder, Transfers.AnswerBytes);
        return new RingMatrix(Shape.Rows, Shape.Columns, new ulong[Shape.Rows * Shape.Columns]);
    }

    private RingMatrix Asking => !IsTransposed ? Right! : IsEntrywise ? Left! : Left!.Transpose();

    private RingMatrix Answering => !IsTransposed ? Left! : IsEntrywise ? Right! : Right!.Transpose();

    private bool Asks(TwoPartyFormat format) => format.Self == (IsTransposed ? LeftHolder : RightHolder);

    private RingMatrix Oriented(ulong[] share) => IsTransposed && !IsEntrywise
        ? new RingMatrix(Shape.Columns, Shape.Rows, share).Transpose()
        : new RingMatrix(Shape.Rows, Shape.Columns, share);
}
