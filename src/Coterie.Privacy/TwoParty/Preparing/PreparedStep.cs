using System.Collections.Immutable;
using System.Security.Cryptography;
using Coterie.Core.Wire;

namespace Coterie.Privacy.TwoParty.Preparing;

/// <summary>A step between two parties of which everything that does not depend on numbers can be done ahead.</summary>
internal abstract record PreparedStep
{
    /// <summary>What both parties would have to agree on for the same material: shapes, and the circuit.</summary>
    public byte[] Digest()
    {
        var writer = new WireWriter();
        Describe(writer);
        return SHA256.HashData(writer.WrittenMemory.Span);
    }

    /// <summary>Writes all that tells it from other steps.</summary>
    protected abstract void Describe(WireWriter writer);
}

/// <summary>A function of so many rows of shares by garbled circuits.</summary>
internal sealed record CircuitStep(GarbledFunction Function, int Rows) : PreparedStep
{
    /// <inheritdoc/>
    protected override void Describe(WireWriter writer)
    {
        writer.WriteText("coterie prepared circuit v1");
        writer.WriteBytes(Function.Circuit.Fingerprint.AsSpan());
        writer.WriteInt32(Function.Inputs);
        writer.WriteInt32(Function.DroppedBits);
        writer.WriteInt32(Rows);
    }
}

/// <summary>Products in one round trip; factors are left out.</summary>
internal sealed record ProductStep(ImmutableArray<CrossProduct> Products) : PreparedStep
{
    /// <summary>Without the factors.</summary>
    public static ProductStep Of(IReadOnlyList<CrossProduct> products) => new([.. products.Select(p => p with { Left = null, Right = null })]);

    /// <inheritdoc/>
    protected override void Describe(WireWriter writer)
    {
        writer.WriteText("coterie prepared products v1");
        writer.WriteInt32(Products.Length);
        foreach (var product in Products)
        {
            writer.WriteByte((byte)product.LeftHolder);
            writer.WriteByte((byte)product.Kind);
            foreach (var size in (int[])[product.Shape.Rows, product.Shape.Inner, product.Shape.Columns]) writer.WriteInt32(size);
        }
    }
}
