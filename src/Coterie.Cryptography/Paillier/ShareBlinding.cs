using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coterie.Core.Randomness;
using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Cryptography.Paillier;

/// <summary>
/// Turns encrypted values into two additive shares modulo 2^64, one of the key's owner and one of the holder of the ciphertexts, neither of whom
/// learns a value. For |v| below 2^L the holder sends v + 2^L + rho with rho uniform below 2^(L+64); the owner's share is what it decrypts, the
/// holder's is -(rho + 2^L). What the owner sees is within 2^-64 of what it would see for v = 0, for every value.
/// </summary>
/// <remarks>
/// Shares are shifted as integers, then reduced modulo 2^64: they add up to v without a shift, and to v/2^shift rounded down, or one less, with one.
/// A value beyond its bound is not noticed and hides less: the bound is the protocol's to keep.
/// </remarks>
public sealed record ShareBlinding
{
    /// <summary>Bits by which the mask is longer than a value.</summary>
    public const int StatisticalBits = 64;

    /// <summary>A way of blinding.</summary>
    /// <param name="valueBits">L: values are above -2^L and below 2^L, their fraction bits included; 1 or more.</param>
    /// <param name="shift">Lowest bits that shares lose; 0 to L.</param>
    public ShareBlinding(int valueBits, int shift = 0)
    {
        if (valueBits is < 1 or > 2048) throw new ArgumentOutOfRangeException(nameof(valueBits), valueBits, "Values to blind have 1 to 2048 bits.");
        if (shift < 0 || shift > valueBits) throw new ArgumentOutOfRangeException(nameof(shift), shift, $"Shares of values of {valueBits} bits lose 0 to {valueBits} bits.");
        (ValueBits, Shift) = (valueBits, shift);
    }

    /// <summary>L: values are above -2^L and below 2^L.</summary>
    public int ValueBits { get; }

    /// <summary>Lowest bits that shares lose.</summary>
    public int Shift { get; }

    /// <summary>L + 66: bits of a masked value and of the sum's carries.</summary>
    public int SlotBits => ValueBits + StatisticalBits + 2;

    private int SlotWords => (SlotBits + 127) / 64;

    /// <summary>Masked values in one ciphertext under a key.</summary>
    /// <exception cref="ArgumentException">Not even one fits.</exception>
    public int SlotsPerPlaintext(PaillierPublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return (key.Bits - 1) / SlotBits is > 0 and var slots ? slots : throw new ArgumentException($"A key of {key.Bits} bits has no room for a slot of {SlotBits} bits.", nameof(key));
    }

    /// <summary>The holder's step: packs values, masks them, and makes their randomness afresh. The masked ciphertexts are for the owner, the shares stay.</summary>
    /// <param name="values">Encryptions of one value each.</param>
    /// <param name="random">Where masks come from: fresh for every call.</param>
    /// <param name="options">How many threads.</param>
    /// <returns>Packed ciphertexts, and one share for each value.</returns>
    public (Ciphertexts Masked, ulong[] Shares) Mask(Ciphertexts values, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(random);
        var (key, slots) = (values.Key, SlotsPerPlaintext(values.Key));
        var (masks, shares) = Draw(key, values.Count, slots, random);
        var fresh = key.AddPlain(key.UniformNoise(masks.Count, random, options), masks, options);
        LittleWords.Zero(masks.Words);
        return (key.Add(Pack(values, slots, options ?? PaillierOptions.Default), fresh, options), shares);
    }

    /// <summary>The holder's step for values that stand side by side already. The masked ciphertexts are for the owner, the shares stay.</summary>
    /// <param name="packed">Encryptions of so many values each: the sum of v_i 2^(i b), b being <see cref="SlotBits"/>.</param>
    /// <param name="slots">Values in each; 1 or more.</param>
    /// <param name="rerandomizer">Makes their randomness afresh, against the key's owner, too.</param>
    /// <param name="random">Where masks and randomness come from: fresh for every call, or the same again from the start for the same ciphertexts again.</param>
    /// <param name="options">How many threads.</param>
    /// <returns>Masked ciphertexts, and one share for each value, ciphertext by ciphertext.</returns>
    /// <exception cref="ArgumentException">More slots than a plaintext has.</exception>
    public (Ciphertexts Masked, ulong[] Shares) MaskPacked(Ciphertexts packed, int slots, Rerandomizer rerandomizer, CryptographicRandom random, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentNullException.ThrowIfNull(rerandomizer);
        ArgumentNullException.ThrowIfNull(random);
        CheckSlots(packed.Key, slots);
        var (masks, shares) = Draw(packed.Key, checked(packed.Count * slots), slots, random);
        var masked = rerandomizer.Apply(packed.Key.AddPlain(packed, masks, options), random);
        LittleWords.Zero(masks.Words);
        return (masked, shares);
    }

    /// <summary>The owner's step: its shares of so many values.</summary>
    /// <exception cref="ArgumentException">Another number of ciphertexts than so many values take, or another key's.</exception>
    /// <exception cref="CryptographicException">Something outside all slots.</exception>
    public ulong[] Open(PaillierSecretKey key, Ciphertexts masked, int count, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(masked);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var slots = SlotsPerPlaintext(key.PublicKey);
        if (masked.Count != ((long)count + slots - 1) / slots) throw new ArgumentException($"{count} masked values take {((long)count + slots - 1) / slots} ciphertexts, not {masked.Count}.", nameof(masked));
        return Open(key, masked, count, slots, options);
    }

    /// <summary>The owner's step for values that the holder masked side by side: its shares, ciphertext by ciphertext.</summary>
    /// <exception cref="ArgumentException">More slots than a plaintext has, or another key's ciphertexts.</exception>
    /// <exception cref="CryptographicException">Something outside all slots.</exception>
    public ulong[] OpenPacked(PaillierSecretKey key, Ciphertexts masked, int slots, PaillierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(masked);
        CheckSlots(key.PublicKey, slots);
        return Open(key, masked, checked(masked.Count * slots), slots, options);
    }

    private ulong[] Open(PaillierSecretKey key, Ciphertexts masked, int count, int slots, PaillierOptions? options)
    {
        var plaintexts = key.Decrypt(masked, options);
        var shares = new ulong[count];
        for (var i = 0; i < masked.Count; i++)
        {
            var used = Math.Min(slots, count - (i * slots));
            if (!Slots.IsZeroFrom(plaintexts[i], used * SlotBits)) throw new CryptographicException($"Masked ciphertext {i} holds more than its {used} slots of {SlotBits} bits.");
            // A share ends below its slot's end: at most L + 64 bits of L + 66.
            for (var slot = 0; slot < used; slot++) shares[(i * slots) + slot] = Slots.Read(plaintexts[i], (slot * SlotBits) + Shift);
        }
        LittleWords.Zero(plaintexts.Words);
        return shares;
    }

    /// <summary>rho + 2^L, where uniform words come in: rho is their lowest L + 64 bits.</summary>
    internal void Lift(Span<ulong> mask)
    {
        var bits = ValueBits + StatisticalBits;
        for (var i = 0; i < mask.Length; i++)
        {
            var kept = Math.Clamp(bits - (64 * i), 0, 64);
            mask[i] = kept == 64 ? mask[i] : mask[i] & ((1UL << kept) - 1);
        }
        LittleWords.Add(mask[(ValueBits >> 6)..], 1UL << (ValueBits & 63));
    }

    private void CheckSlots(PaillierPublicKey key, int slots)
    {
        if (slots < 1 || slots > SlotsPerPlaintext(key)) throw new ArgumentException($"A plaintext has 1 to {SlotsPerPlaintext(key)} slots, not {slots}.", nameof(slots));
    }

    /// <summary>Masks in so many slots of each plaintext, and the holder's shares.</summary>
    private (Plaintexts Masks, ulong[] Shares) Draw(PaillierPublicKey key, int count, int slots, CryptographicRandom random)
    {
        var masks = new Plaintexts((int)(((long)count + slots - 1) / slots), key.Words);
        var (shares, mask) = (new ulong[count], new ulong[SlotWords]);
        for (var i = 0; i < count; i++)
        {
            random.Fill(MemoryMarshal.AsBytes(mask.AsSpan()));
            Lift(mask);
            Slots.Put(masks[i / slots], i % slots * SlotBits, mask);
            // Words are wide enough for the sign: bits above it are all the same.
            for (var j = 0; j < mask.Length; j++) mask[j] = ~mask[j];
            LittleWords.Add(mask, 1);
            shares[i] = Slots.Read(mask, Shift);
        }
        LittleWords.Zero(mask);
        return (masks, shares);
    }

    /// <summary>The product of c_i^(2^(slot i)), from the highest slot down.</summary>
    private Ciphertexts Pack(Ciphertexts values, int slots, PaillierOptions options)
    {
        var (key, engine, lanes) = (values.Key, values.Key.Engine, values.Key.Engine.Lanes);
        var count = (values.Count + slots - 1) / slots;
        var blocks = new ulong[key.Blocks(count) * engine.PairLength];
        Batches.Run(key.Blocks(count), options.Threads, (from, to) =>
        {
            var (entry, next) = (new ulong[engine.EntryLength], new ulong[engine.PairLength]);
            for (var i = from; i < to; i++)
            {
                var sum = key.Block(blocks, i);
                engine.One.CopyTo(sum);
                for (var slot = slots - 1; slot >= 0; slot--)
                {
                    if (slot < slots - 1)
                        for (var s = 0; s < SlotBits; s++) engine.SquarePairs(sum, sum);
                    engine.One.CopyTo(next);
                    for (var lane = 0; lane < lanes; lane++)
                    {
                        var index = ((((long)i * lanes) + lane) * slots) + slot;
                        if (index >= values.Count) continue;
                        engine.Extract(key.Block(values.Blocks, (int)(index / lanes)), (int)(index % lanes), entry);
                        engine.Insert(entry, lane, next);
                    }
                    engine.MultiplyPairs(sum, next, sum);
                }
            }
        });
        return new Ciphertexts(key, count, blocks);
    }
}
