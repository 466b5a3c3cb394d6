using System.Numerics;
using System.Security.Cryptography;
using Coterie.Core.Wire;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// Which totals are asked for: with V = [v_1 .. v_m] encrypted, c x m, and a validator's rows [X | y] = Q R, the sums over all validators' rows of
/// ([X | y] v_k) ([X | y] v_l) = (R v_k)'(R v_l), for k up to l. What every party derives for itself is here; parties that derive something else do not
/// have the same context, and no signature holds between them.
/// </summary>
internal sealed class ProductQuestion
{
    /// <summary>Bits that a key has above every total, so that what was garbled is noticed but for 2^-40.</summary>
    private const int SpareBits = 40;

    /// <summary>Coarsest unit of a model: what is encoded in it, the factor of the target among it, keeps 30 bits after the point.</summary>
    private const int CoarsestUnit = -30;

    private readonly MetricTerms _terms;
    private readonly int _validators;

    /// <param name="setting">Between whom.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="vectors">V, or encryptions of zero in its place.</param>
    /// <param name="describe">Writes what V was made of.</param>
    /// <exception cref="ArgumentException">The vectors have another length than rows have columns, or squares do not fit under the key.</exception>
    public ProductQuestion(MetricSetting setting, string purpose, EncryptedMatrix vectors, Action<WireWriter> describe)
    {
        (_terms, _validators, Key) = (setting.Terms, setting.Validators.Length, setting.Key);
        if (vectors.Rows != _terms.Columns) throw new ArgumentException($"A model for {vectors.Rows - 2} features; bounds of {_terms.Columns - 2} were agreed.", nameof(vectors));
        if (vectors.Unit.Exponent > CoarsestUnit) throw new ArgumentException($"The model is in steps above 2^{CoarsestUnit}: too coarse to be measured.", nameof(vectors));
        Vectors = Scaled(vectors);
        EntryBits = Vectors.Bits + ReducedRows.EntryBits + (int)uint.Log2((uint)Size) + 1;
        Unit = Vectors.Unit * Vectors.Unit * Unit.PowerOfTwo(-2 * ReducedRows.EntryBits);
        TotalBits = (2 * EntryBits) + (64 - BitOperations.LeadingZeroCount((ulong)Size * (ulong)_validators)) + 1;
        if (TotalBits + SpareBits > EncryptedMatrix.RoomOf(Key))
            throw new ArgumentException($"Sums of squares of {EntryBits} bits take {TotalBits + SpareBits} bits; a key of {Key.Bits} bits has {EncryptedMatrix.RoomOf(Key)}. Rescale the model first, or use a longer key.", nameof(vectors));
        _context = ContextOf(setting, purpose, describe);
    }

    public PaillierPublicKey Key { get; }

    /// <summary>V, each row times its column's scale, in one unit.</summary>
    public EncryptedMatrix Vectors { get; }

    /// <summary>c: rows that a validator masks.</summary>
    public int Size => Vectors.Rows;

    /// <summary>m.</summary>
    public int Count => Vectors.Columns;

    /// <summary>Masked numbers of a validator: vector by vector, row by row.</summary>
    public int MaskedCount => Size * Count;

    /// <summary>Totals.</summary>
    public int Products => Count * (Count + 1) / 2;

    /// <summary>An entry of R V is below 2^bits in size.</summary>
    public int EntryBits { get; }

    /// <summary>A total is below 2^bits in size.</summary>
    public int TotalBits { get; }

    /// <summary>What a step of a total stands for.</summary>
    public Unit Unit { get; }

    /// <summary>SHA-256 over run, parties, step, transcript, key, terms and what is asked.</summary>
    public ReadOnlySpan<byte> Context => _context;

    /// <summary>The pairs (k, l), k up to l, in the order of totals.</summary>
    public IEnumerable<(int K, int L)> Pairs => Enumerable.Range(0, Count).SelectMany(k => Enumerable.Range(k, Count - k).Select(l => (k, l)));

    private readonly byte[] _context;

    /// <summary>Bits of the noise of a validator with so many rows.</summary>
    public int NoiseBits(int rows) => Math.Max(0, (int)Unit.Count(_terms.NoiseOf(rows)).GetBitLength() - 1);

    /// <summary>One of the encrypted vectors.</summary>
    public Ciphertexts Vector(int index) => Vectors.Slice(0, index, Size, 1).Hidden!;

    /// <summary>
    /// A public linear step: totals, from what validators have added up and the masked numbers in clear. For s = z + r,
    /// sum of s_k s_l = sum of z_k z_l + sum of (r_k z_l + r_l z_k + r_k r_l), and all but the first is what validators have taken away.
    /// </summary>
    public Ciphertexts Totals(Ciphertexts terms, Plaintexts masked)
    {
        var products = new Plaintexts(Products, Key.Words);
        var index = 0;
        foreach (var (k, l) in Pairs)
        {
            for (var v = 0; v < _validators; v++)
            {
                var product = Residues.Dot(Key, Part(masked, v, k), Part(masked, v, l));
                var sum = new Plaintexts(1, Key.Words);
                products[index].CopyTo(sum.Words);
                Residues.Add(Key, sum, product).Words.CopyTo(products[index]);
            }
            index++;
        }
        return Key.AddPlain(terms, products);
    }

    /// <summary>What an opened total stands for; null where it is beyond what rows within their bounds can give.</summary>
    public double? ValueOf(Plaintexts totals, int index)
    {
        var count = totals.ToBigInteger(Key, index);
        return BigInteger.Abs(count).GetBitLength() <= TotalBits ? Unit.ValueOf(count) : null;
    }

    /// <summary>What an opening within this question is bound to, its ciphertexts included.</summary>
    public byte[] OpeningContext(string what, Ciphertexts ciphertexts)
    {
        var writer = new WireWriter();
        writer.WriteBytes(Context);
        writer.WriteText(what);
        writer.WriteBytes(SHA256.HashData(Key.ToBytes(ciphertexts)));
        return writer.ToArray();
    }

    private Plaintexts Part(Plaintexts masked, int validator, int vector)
    {
        var part = new Plaintexts(Size, Key.Words);
        masked.Words.Slice(((validator * MaskedCount) + (vector * Size)) * Key.Words, Size * Key.Words).CopyTo(part.Words);
        return part;
    }

    private EncryptedMatrix Scaled(EncryptedMatrix vectors)
    {
        EncryptedMatrix Row(int index) => vectors.Slice(index, 0, 1, vectors.Columns).Times(Math.ScaleB(1, _terms.ScaleOf(index)));
        return Enumerable.Range(1, vectors.Rows - 1).Aggregate(Row(0), (above, index) => above.Above(Row(index)));
    }

    private static byte[] ContextOf(MetricSetting setting, string purpose, Action<WireWriter> describe)
    {
        var writer = new WireWriter();
        writer.WriteText("coterie opened totals v1");
        writer.WriteText(purpose);
        writer.WriteBytes(setting.Session.Roster.Digest.AsSpan());
        writer.WriteText(setting.Step.Path);
        writer.WriteBytes(setting.Transcript.Span);
        writer.WriteBytes(setting.Key.KeyId.AsSpan());
        writer.WriteInt32(setting.Validators.Length);
        foreach (var validator in setting.Validators) writer.WriteText(validator.Name);
        setting.Terms.Write(writer);
        describe(writer);
        return SHA256.HashData(writer.WrittenMemory.Span);
    }
}
