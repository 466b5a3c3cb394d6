using System.Security.Cryptography;
using Coterie.Core.Parties;
using Coterie.Core.Wire;
using Coterie.Privacy.Sums;

namespace Coterie.Tests.Privacy;

public sealed class VectorStreamTests
{
    private static readonly PartyId Sender = new("ada");
    private static readonly StepTag Step = new("run/0/masked");

    private static ulong[] Vector(int entries) => [.. Enumerable.Range(0, entries).Select(i => unchecked((ulong)i * 0x9E3779B97F4A7C15))];

    private static byte[] Message(ulong[] vector) => [.. VectorStream.Write(vector.Length, (start, piece) => vector.AsSpan(start, piece.Length).CopyTo(piece)).SelectMany(p => p.ToArray())];

    private static async Task<ulong[]> ReadAsync(byte[] message, int entries, int pieceBytes)
    {
        var read = new ulong[entries];
        var next = 0;
        await VectorStream.ReadAsync(
            message.Chunk(pieceBytes).Select(p => new ReadOnlyMemory<byte>(p)).ToAsyncEnumerable(), entries, Sender, Step,
            (start, piece) =>
            {
                Assert.Equal(next, start);
                next += piece.Length;
                piece.CopyTo(read.AsSpan(start));
            },
            CancellationToken.None);
        Assert.Equal(entries, next);
        return read;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void Write_AnyLength_IsTheCanonicalVector(int entries)
    {
        var vector = Vector(entries);
        var writer = new WireWriter();
        writer.WriteUInt64s(vector);
        Assert.Equal(writer.ToArray(), Message(vector));
        Assert.Equal(VectorStream.BytesOf(entries), writer.Length);
        Assert.Equal(SHA256.HashData(writer.ToArray()), VectorStream.Digest(entries, (start, piece) => vector.AsSpan(start, piece.Length).CopyTo(piece)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(1_000_000)]
    public async Task ReadAsync_WhateverTheBordersOfThePieces_GivesTheVector(int pieceBytes)
    {
        foreach (var entries in new[] { 0, 1, 5, 33_000 }) Assert.Equal(Vector(entries), await ReadAsync(Message(Vector(entries)), entries, pieceBytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task ReadAsync_ShorterLongerOrOfAnotherCount_NamesTheSender(int pieceBytes)
    {
        var message = Message(Vector(10));
        byte[][] wrong = [[], message[..2], message[..^1], message[..^8], [.. message, 0], [.. message, .. new byte[8]], [11, .. message[1..]]];
        foreach (var bytes in wrong)
        {
            var error = await Assert.ThrowsAsync<ProtocolException>(() => ReadAsync(bytes, 10, pieceBytes));
            Assert.Equal((ProtocolErrorCode.MalformedMessage, Sender), (error.Code, error.Culprits.Single()));
        }
    }
}
