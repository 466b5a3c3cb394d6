using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Coterie.Core.Arithmetic;
using Coterie.Core.Numerics;
using Coterie.Core.Parties;
using Coterie.Core.Randomness;
using Coterie.Federation.Transports;
using Coterie.Privacy.TwoParty;

namespace Coterie.Tests.Privacy.TwoParty;

/// <summary>Two parties that do the same steps at the same time over a network, as one backend. How values enter is chosen.</summary>
internal sealed class PairArithmetic(TwoPartyLink first, TwoPartyLink second, ConcurrentQueue<Envelope> messages, Func<bool, ICrossProducts>? products = null) : IArithmetic<PairMatrix>, IDisposable
{
    private readonly TwoPartyArithmetic _first = new(first, products?.Invoke(true));
    private readonly TwoPartyArithmetic _second = new(second, products?.Invoke(false));

    public IReadOnlyCollection<Envelope> Messages => messages;

    public int Steps => first.Steps;

    /// <summary>Two parties on a network of their own.</summary>
    /// <param name="patience">How long they wait.</param>
    /// <param name="products">How the first (true) and the second multiply; null: by oblivious transfer.</param>
    /// <param name="intercept">Changes messages.</param>
    public static PairArithmetic Connect(TimeSpan? patience = null, Func<bool, ICrossProducts>? products = null, Func<Envelope, Envelope?>? intercept = null)
    {
        Party[] parties = [new(new PartyId("first"), PartyRole.Coordinator, []), new(new PartyId("second"), PartyRole.Participant, [])];
        var messages = new ConcurrentQueue<Envelope>();
        var network = new InProcessNetwork(patience ?? TimeSpan.FromSeconds(20))
        {
            Intercept = envelope =>
            {
                messages.Enqueue(envelope);
                return intercept is null ? envelope : intercept(envelope);
            },
        };
        Task<TwoPartyLink> Link(int i) => Task.Run(async () =>
        {
            var channel = network.Connect(parties[i]);
            using var seeds = await TwoPartySeeds.ExchangeAsync(channel, new byte[32], parties[1 - i].Id, isFirst: i == 0, new StepTag("base"), CryptographicRandom.Instance, CancellationToken.None);
            return await TwoPartyLink.OpenAsync(channel, parties[1 - i].Id, isFirst: i == 0, seeds, new StepTag("round/0"), CryptographicRandom.Instance, CancellationToken.None);
        });
        var (one, two) = (Link(0), Link(1));
        Task.WaitAll(one, two);
        return new PairArithmetic(one.Result, two.Result, messages, products);
    }

    public PairMatrix Known(ValueHolder holder, Matrix value) => new(
        _first.Known(holder, value.Rows, value.Columns, holder == ValueHolder.Second ? null : value),
        _second.Known(holder, value.Rows, value.Columns, holder == ValueHolder.First ? null : value));

    public PairMatrix Shared(Matrix value, int fractionBits = RingArithmetic.DefaultFractionBits)
    {
        var mask = new ulong[value.Rows * value.Columns];
        CryptographicRandom.Instance.Fill(MemoryMarshal.AsBytes(mask.AsSpan()));
        var share = new RingMatrix(value.Rows, value.Columns, mask);
        return new PairMatrix(_first.Shared(share, fractionBits), _second.Shared(first.Format.Encode(value, fractionBits) - share, fractionBits));
    }

    public PairMatrix Public(Matrix value) => new(_first.Public(value), _second.Public(value));

    public IArithmetic<PairMatrix> Branch(int index) => this;

    public ValueTask<PairMatrix> ScaleAsync(double factor, PairMatrix value, CancellationToken cancellationToken) => Both((m, v) => m.ScaleAsync(factor, v, cancellationToken), value);

    public ValueTask<PairMatrix> MultiplyAsync(PairMatrix left, PairMatrix right, CancellationToken cancellationToken) => Both((m, a, b) => m.MultiplyAsync(a, b, cancellationToken), left, right);

    public ValueTask<PairMatrix> HadamardAsync(PairMatrix left, PairMatrix right, CancellationToken cancellationToken) => Both((m, a, b) => m.HadamardAsync(a, b, cancellationToken), left, right);

    public ValueTask<PairMatrix> FlipAsync(PairMatrix signs, PairMatrix values, CancellationToken cancellationToken) => Both((m, a, b) => m.FlipAsync(a, b, cancellationToken), signs, values);

    public ValueTask<PairMatrix> IsNegativeAsync(PairMatrix value, CancellationToken cancellationToken) => Both((m, v) => m.IsNegativeAsync(v, cancellationToken), value);

    public ValueTask<PairMatrix> SigmoidAsync(PairMatrix value, CancellationToken cancellationToken) => Both((m, v) => m.SigmoidAsync(v, cancellationToken), value);

    public async ValueTask<(PairMatrix Value, PairMatrix Slope)> ReluAsync(PairMatrix value, CancellationToken cancellationToken)
    {
        var (one, two) = (Task.Run(() => _first.ReluAsync(value.First, cancellationToken).AsTask()), Task.Run(() => _second.ReluAsync(value.Second, cancellationToken).AsTask()));
        await Task.WhenAll(one, two);
        return (new PairMatrix((await one).Value, (await two).Value), new PairMatrix((await one).Slope, (await two).Slope));
    }

    public ValueTask<PairMatrix> ArgMinAsync(PairMatrix values, CancellationToken cancellationToken) => Both((m, v) => m.ArgMinAsync(v, cancellationToken), values);

    public ValueTask<PairMatrix> ReciprocalAsync(PairMatrix value, double lower, double upper, CancellationToken cancellationToken) =>
        Both((m, v) => m.ReciprocalAsync(v, lower, upper, cancellationToken), value);

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    private ValueTask<PairMatrix> Both(Func<TwoPartyArithmetic, TwoPartyMatrix, ValueTask<TwoPartyMatrix>> step, PairMatrix value) => Both((m, v, _) => step(m, v), value, value);

    private async ValueTask<PairMatrix> Both(Func<TwoPartyArithmetic, TwoPartyMatrix, TwoPartyMatrix, ValueTask<TwoPartyMatrix>> step, PairMatrix left, PairMatrix right)
    {
        var (one, two) = (Task.Run(() => step(_first, left.First, right.First).AsTask()), Task.Run(() => step(_second, left.Second, right.Second).AsTask()));
        await Task.WhenAll(one, two);
        return new PairMatrix(await one, await two);
    }
}
