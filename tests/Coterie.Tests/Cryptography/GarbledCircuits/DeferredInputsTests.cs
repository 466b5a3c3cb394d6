using Coterie.Core.Randomness;
using Coterie.Cryptography.GarbledCircuits;

namespace Coterie.Tests.Cryptography.GarbledCircuits;

public sealed class DeferredInputsTests
{
    private const int Instances = 37;

    private readonly byte[] _secret = CryptographicRandom.Instance.Bytes(CryptographicRandom.SecretLength);
    private readonly Circuit _circuit = AdditiveCircuit.Of(12, 2, (b, x) => [b.Add(x[0], x[1]).ToSigned(64)]).Circuit;

    [Fact]
    public void Encode_AfterTheBatchIsGone_GivesTheLabelsItWouldHaveGiven()
    {
        var bits = CryptographicRandom.Instance.Bytes(PackedBits.Bytes(Instances * _circuit.GarblerInputs));
        using var garbler = Garbler();
        using var other = Garbler();
        using var batch = garbler.Garble(_circuit, Instances);
        byte[] kept;
        using (var same = other.Garble(_circuit, Instances)) kept = same.DeferGarbler().Export();
        Assert.Equal(DeferredInputs.Length, kept.Length);
        Assert.Equal(batch.EncodeGarbler(bits), DeferredInputs.Import(kept).Encode(_circuit, Instances, garbler.Delta, bits));
    }

    [Fact]
    public void DeferGarbler_OrEncodeGarbler_IsOnceOnly()
    {
        var bits = new byte[PackedBits.Bytes(Instances * _circuit.GarblerInputs)];
        using var garbler = Garbler();
        using var first = garbler.Garble(_circuit, Instances);
        first.DeferGarbler();
        Assert.Throws<InvalidOperationException>(() => first.EncodeGarbler(bits));
        Assert.Throws<InvalidOperationException>(first.DeferGarbler);
        using var second = garbler.Garble(_circuit, Instances);
        second.EncodeGarbler(bits);
        Assert.Throws<InvalidOperationException>(second.DeferGarbler);
    }

    [Fact]
    public void Encode_AnotherNumberOfInputs_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => DeferredInputs.Import(new byte[31]));
        Assert.ThrowsAny<ArgumentException>(() => DeferredInputs.Import(new byte[32]).Encode(_circuit, Instances, 1, new byte[3]));
    }

    private Garbler Garbler() => new(CryptographicRandom.Expanding(_secret));
}
