using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier;

namespace Coterie.Privacy.EncryptedModel.Metric;

/// <summary>
/// A validator's local step: with z = R V encrypted, the masked numbers [z + r], r uniform in Z_n for each, and for every pair (k, l) the term
/// [noise - sum over rows of (r_k z_l + r_l z_k + r_k r_l)], all under randomness that is uniform too.
/// </summary>
/// <remarks>
/// sum over i of r_ik z_il = (A'r_k) v_l, with A the integers of R: as many long exponents as columns, instead of one for each row.
/// </remarks>
/// <param name="Masked">Vector by vector, row by row.</param>
/// <param name="Terms">In the order of pairs.</param>
internal sealed record MaskedRows(Ciphertexts Masked, Ciphertexts Terms)
{
    public static MaskedRows Of(ProductQuestion question, MetricTerms terms, ReducedRows rows, CryptographicRandom random, PaillierOptions options)
    {
        var (key, size) = (question.Key, question.Size);
        var matrix = rows.Encode(terms);
        var masks = Enumerable.Range(0, question.Count).Select(_ => Residues.Uniform(key, size, random)).ToArray();
        var factors = masks.Select(mask => Residues.Negate(key, Residues.TransposeTimes(key, matrix, size, mask))).ToArray();
        var noise = Residues.Centred(key, question.Products, question.NoiseBits(rows.Count), random);

        var masked = masks.Select((mask, k) => key.AddPlain(new EncryptedProduct(question.Vector(k), ReducedRows.EntryBits, size, options).Multiply(matrix, size), mask, options));
        var added = question.Pairs.Select((pair, index) =>
        {
            var (k, l) = pair;
            var cross = k == l
                ? key.InnerProduct(question.Vector(k), Residues.Add(key, factors[k], factors[k]), options)
                : key.InnerProduct(question.Vector(l).Concat(question.Vector(k)), Joined(key, factors[k], factors[l]), options);
            return key.AddPlain(cross, Residues.Add(key, Residues.Negate(key, Residues.Dot(key, masks[k], masks[l])), One(noise, index)), options);
        });
        var result = new MaskedRows(
            key.Refresh(masked.Aggregate((a, b) => a.Concat(b)), random, options),
            key.Refresh(added.ToArray().Aggregate((a, b) => a.Concat(b)), random, options));
        Array.Clear(matrix);
        foreach (var secret in masks.Concat(factors).Append(noise)) secret.Words.Clear();
        return result;
    }

    private static Plaintexts Joined(PaillierPublicKey key, Plaintexts x, Plaintexts y)
    {
        var joined = new Plaintexts(x.Count + y.Count, key.Words);
        x.Words.CopyTo(joined.Words);
        y.Words.CopyTo(joined.Words[x.Words.Length..]);
        return joined;
    }

    private static Plaintexts One(Plaintexts all, int index)
    {
        var one = new Plaintexts(1, all.WordsEach);
        all[index].CopyTo(one.Words);
        return one;
    }
}
