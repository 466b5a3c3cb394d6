using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Cryptography.ObliviousTransfer;

namespace Coterie.Tests.Cryptography.ObliviousTransfer;

/// <summary>A receiver that does not choose the same in all columns, against the protocol and against the extension of 2003, which has no check.</summary>
public sealed class ConsistencyAttackTests
{
    private const int Count = 128;

    [Fact]
    public void Accept_HonestReceiver_Passes()
    {
        using var pair = new TransferPair();
        var cheat = new Cheat(pair);
        Assert.NotNull(pair.Sender.Accept(cheat.Message(), Count));
    }

    /// <summary>In transfer i the choice differs in column i: each row then tells one bit of Delta to whoever knows one of its strings.</summary>
    [Fact]
    public void Accept_ChoiceDifferentInEveryColumn_IsCaughtAndServesNoMore()
    {
        using var pair = new TransferPair();
        var cheat = new Cheat(pair);
        for (var i = 0; i < 128; i++) cheat.Flip(column: i, transfer: i);
        Assert.Throws<CryptographicException>(() => pair.Sender.Accept(cheat.Message(), Count));
        // No second try, not even an honest one: every try may tell a bit.
        Assert.Throws<InvalidOperationException>(() => pair.Sender.Accept(new Cheat(pair).Message(), Count));
        Assert.Throws<ObjectDisposedException>(() => pair.Sender.Offset);
    }

    /// <summary>The same deviation where nothing is checked: Delta, whole, from the strings that the sender believes the receiver cannot tell.</summary>
    [Fact]
    public void NaiveExtension_ChoiceDifferentInEveryColumn_TellsDelta()
    {
        using var pair = new TransferPair();
        var cheat = new Cheat(pair);
        for (var i = 0; i < 128; i++) cheat.Flip(column: i, transfer: i);
        var zero = NaiveSenderStrings(pair, cheat);
        // The receiver chose 0 everywhere. Row i of the sender is t_i, or t_i with bit i turned: as Delta has it.
        var learned = UInt128.Zero;
        for (var i = 0; i < 128; i++)
        {
            if (zero[i] == Hashed(pair, cheat.Rows[i] ^ (UInt128.One << i), i)) learned |= UInt128.One << i;
            else Assert.Equal(Hashed(pair, cheat.Rows[i], i), zero[i]);
        }
        Assert.Equal(pair.Offset, learned);
    }

    /// <summary>One column: passes where Delta's bit is 0, which the receiver has guessed then; half of all sessions end.</summary>
    [Fact]
    public void Accept_OneColumnDiffers_PassesOnlyWhereDeltaHasNoBit()
    {
        for (var i = 0; i < 40; i++)
        {
            using var pair = new TransferPair();
            var cheat = new Cheat(pair);
            cheat.Flip(column: i, transfer: 3 * i);
            var passes = Record.Exception(() => pair.Sender.Accept(cheat.Message(), Count)) is null;
            Assert.Equal(((pair.Offset >> i) & 1) == 0, passes);
        }
    }

    [Theory]
    [InlineData(32)]                       // the columns
    [InlineData(32 + 4_095)]               // the random block
    [InlineData(32 + 4_096)]               // the hash of the choices
    [InlineData(32 + 4_096 + 16)]          // the hash of a column
    [InlineData(32 + 4_096 + 2_063)]
    public void Accept_AlteredMessage_IsRefusedOrChangesNothing(int index)
    {
        var refused = 0;
        for (var i = 0; i < 20; i++)
        {
            using var pair = new TransferPair();
            using var batch = pair.Receiver.Extend(TransferPair.Choices("random", Count), Count, TransferPair.Random);
            var message = batch.Message.ToArray();
            message[index] ^= 0x40;
            if (Record.Exception(() => pair.Sender.Accept(message, Count)) is CryptographicException) refused++;
        }
        // Whatever is altered changes the challenge or a hash: caught but for 2^-128.
        Assert.Equal(20, refused);
    }

    /// <summary>The sender without the check: what it would hand out for choice 0.</summary>
    private static UInt128[] NaiveSenderStrings(TransferPair pair, Cheat cheat)
    {
        var columns = new UInt128[128];
        for (var i = 0; i < 128; i++)
        {
            var chosen = ((pair.Offset >> i) & 1) == 1;
            columns[i] = Stream(chosen ? pair.One[i] : pair.Zero[i])[0] ^ (chosen ? cheat.Sent[i] : 0);
        }
        var rows = new UInt128[128];
        BitTransposition.Transpose(columns, 1, 1, rows);
        return [.. rows.Select((q, j) => Hashed(pair, q, j))];
    }

    private static UInt128 Hashed(TransferPair pair, UInt128 row, int transfer)
    {
        using var hash = new CorrelationHash(TransferHash.BatchKey(pair.Session, 0));
        var rows = new UInt128[transfer + 1];
        rows[transfer] = row;
        var hashed = new UInt128[transfer + 1];
        hash.Hash(rows, 0, hashed);
        return hashed[transfer];
    }

    private static UInt128[] Stream(UInt128 key)
    {
        using var aes = new Aes128(key);
        var blocks = new UInt128[2];
        aes.Counters(0, blocks);
        return blocks;
    }

    /// <summary>A receiver of one block of transfers that chooses 0 and may lie in its columns; its hashes are those of what it pretends.</summary>
    private sealed class Cheat
    {
        private readonly TransferPair _pair;
        private readonly UInt128[] _columns = new UInt128[256];
        private readonly UInt128[] _sent = new UInt128[256];
        private readonly UInt128[] _choices = [0, TransferPair.Blocks(1)[0]];

        public Cheat(TransferPair pair)
        {
            _pair = pair;
            for (var i = 0; i < 128; i++)
            {
                var (zero, one) = (Stream(pair.Zero[i]), Stream(pair.One[i]));
                for (var block = 0; block < 2; block++)
                {
                    _columns[(2 * i) + block] = zero[block];
                    _sent[(2 * i) + block] = zero[block] ^ one[block] ^ _choices[block];
                }
            }
        }

        /// <summary>The first blocks of what is sent.</summary>
        public UInt128[] Sent => [.. Enumerable.Range(0, 128).Select(i => _sent[2 * i])];

        /// <summary>The rows of T.</summary>
        public UInt128[] Rows
        {
            get
            {
                var rows = new UInt128[128];
                BitTransposition.Transpose(_columns, 2, 1, rows);
                return rows;
            }
        }

        public void Flip(int column, int transfer) => _sent[2 * column] ^= UInt128.One << transfer;

        public byte[] Message()
        {
            var message = TransferMessage.Create(TransferMessageKind.Extension, TransferHash.SessionTag(_pair.Session), Count, 0, ExtensionMessage.BodyBytes(Count));
            _sent.CopyTo(MemoryMarshal.Cast<byte, UInt128>(message.AsSpan(32, 4_096)));
            var check = new ConsistencyCheck(TransferHash.Challenge(_pair.Session, message.AsSpan(0, 32 + 4_096)), 2, null);
            var hashes = ExtensionMessage.Check(message, Count);
            hashes[0] = check.Hash(_choices);
            check.HashColumns(_columns).CopyTo(hashes[1..]);
            return message;
        }
    }
}
