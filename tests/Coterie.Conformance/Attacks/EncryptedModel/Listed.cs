using System.Security.Cryptography;
using Coterie.Core.Wire;
using Coterie.Cryptography.Identity;
using Coterie.Cryptography.Paillier;
using Coterie.Privacy.EncryptedModel;
using Coterie.Privacy.EncryptedModel.Metric;

namespace Coterie.Conformance.Attacks.EncryptedModel;

/// <summary>The coordinator's list of all validators' terms, read and written without any check.</summary>
internal static class Listed
{
    public static List<(int Rows, Ciphertexts Terms, Masked Said)> Read(MetricSetting setting, ProductQuestion question, ReadOnlySpan<byte> told)
    {
        var reader = new WireReader(told, setting.Coordinator, setting.Step);
        var all = new List<(int, Ciphertexts, Masked)>();
        foreach (var validator in setting.Validators)
        {
            var rows = reader.ReadInt32(1, int.MaxValue);
            var digest = reader.ReadExactBytes(SHA256.HashSizeInBytes).ToArray();
            var terms = reader.ReadCiphertexts(question.Key, question.Products);
            all.Add((rows, terms, new Masked(validator, digest, Masked.DigestOf(rows, terms), reader.ReadExactBytes(Signatures.Length).ToArray())));
        }
        return all;
    }

    public static byte[] Write(IEnumerable<(int Rows, Ciphertexts Terms, Masked Said)> all)
    {
        var writer = new WireWriter();
        foreach (var (rows, terms, said) in all)
        {
            writer.WriteInt32(rows);
            writer.WriteBytes(said.MaskedDigest);
            writer.WriteBytes(terms.Key.ToBytes(terms));
            writer.WriteBytes(said.Signature);
        }
        return writer.ToArray();
    }
}
