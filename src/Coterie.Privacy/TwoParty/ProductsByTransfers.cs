using Coterie.Core.Arithmetic;
using Coterie.Cryptography.ObliviousTransfer;
using Coterie.Privacy.Traffic;

namespace Coterie.Privacy.TwoParty;

/// <summary>Products by oblivious transfer (Gilboa, CRYPTO 1999). The factor with fewer bits in all asks: its bits choose.</summary>
internal sealed class ProductsByTransfers : ICrossProducts
{
    private ProductsByTransfers()
    {
    }

    /// <summary>They keep nothing.</summary>
    public static ProductsByTransfers Instance { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<RingMatrix[]> ShareAsync(TwoPartyLink link, IReadOnlyList<CrossProduct> products, CancellationToken cancellationToken)
    {
        using var step = link.Begin();
        if (link.Tally is { } tally) return Count(products, tally);
        var questions = new ProductQuestion?[products.Count];
        var shares = new RingMatrix[products.Count];
        try
        {
            for (var i = 0; i < products.Count; i++)
            {
                if (link.Format.Self != Asker(products[i])) continue;
                questions[i] = ProductQuestion.Create(TransfersOf(products[i]), Asking(products[i]).Values, link.Receives, link.Random);
                await step.SendAsync($"question-{i}", questions[i]!.Message, cancellationToken);
            }
            for (var i = 0; i < products.Count; i++)
            {
                if (questions[i] is not null) continue;
                var (product, transfers) = (products[i], TransfersOf(products[i]));
                var question = await step.ReceiveAsync($"question-{i}", transfers.QuestionBytes, cancellationToken);
                var (answer, share) = step.Checked(() => ProductAnswer.Create(transfers, Answering(product).Values, question.Span, link.Sends));
                await step.SendAsync($"answer-{i}", answer, cancellationToken);
                shares[i] = Oriented(product, share);
            }
            for (var i = 0; i < products.Count; i++)
            {
                if (questions[i] is not { } asked) continue;
                var answer = await step.ReceiveAsync($"answer-{i}", TransfersOf(products[i]).AnswerBytes, cancellationToken);
                shares[i] = Oriented(products[i], step.Checked(() => asked.Finish(answer.Span)));
            }
            return shares;
        }
        finally
        {
            foreach (var question in questions) question?.Dispose();
        }
    }

    /// <summary>As the messages go: all questions, then answers, then what was asked is read.</summary>
    private static RingMatrix[] Count(IReadOnlyList<CrossProduct> products, TwoPartyTally tally)
    {
        MessageDepth[] questions = [.. products.Select(p => tally.Send(Asker(p), TransfersOf(p).QuestionBytes))];
        var answers = new MessageDepth[products.Count];
        for (var i = 0; i < products.Count; i++)
        {
            tally.Receive(Asker(products[i]), questions[i]);
            answers[i] = tally.Send(Answerer(products[i]), TransfersOf(products[i]).AnswerBytes);
        }
        for (var i = 0; i < products.Count; i++) tally.Receive(Answerer(products[i]), answers[i]);
        return [.. products.Select(p => new RingMatrix(p.Shape.Rows, p.Shape.Columns, new ulong[p.Shape.Rows * p.Shape.Columns]))];
    }

    private static ProductShape TransfersOf(CrossProduct product)
    {
        var ((rows, inner, columns), (left, right)) = (product.Shape, product.Bits);
        if (product.Kind == CrossProductKind.Scaled) return ProductShape.Scaled(rows, inner, columns, left);
        if (product.IsEntrywise) return ProductShape.Entrywise(rows * columns, Math.Min(left, right));
        return IsTransposed(product) ? ProductShape.Matrix(columns, inner, rows, left) : ProductShape.Matrix(rows, inner, columns, right);
    }

    private static bool IsTransposed(CrossProduct product) =>
        product.Kind == CrossProductKind.Scaled || (long)product.Bits.Left * (product.IsEntrywise ? 1 : product.Shape.Rows) < (long)product.Bits.Right * (product.IsEntrywise ? 1 : product.Shape.Columns);

    private static ValueHolder Asker(CrossProduct product) => IsTransposed(product) ? product.LeftHolder : product.RightHolder;

    private static ValueHolder Answerer(CrossProduct product) => IsTransposed(product) ? product.RightHolder : product.LeftHolder;

    private static RingMatrix Asking(CrossProduct product) => !IsTransposed(product) ? product.Right! : IsOneForOne(product) ? product.Left! : product.Left!.Transpose();

    private static RingMatrix Answering(CrossProduct product) => !IsTransposed(product) ? product.Left! : IsOneForOne(product) ? product.Right! : product.Right!.Transpose();

    private static RingMatrix Oriented(CrossProduct product, ulong[] share) => IsTransposed(product) && !IsOneForOne(product)
        ? new RingMatrix(product.Shape.Columns, product.Shape.Rows, share).Transpose()
        : new RingMatrix(product.Shape.Rows, product.Shape.Columns, share);

    /// <summary>Whether what asks stands in the order of what is asked about, whichever side it is on.</summary>
    private static bool IsOneForOne(CrossProduct product) => product.Kind != CrossProductKind.Matrix;
}
