namespace Coterie.Benchmarks.Paillier;

/// <summary>What is measured.</summary>
internal enum PaillierOperation
{
    /// <summary>With the public key: random exponent of |n|/2 bits on h^n.</summary>
    Encrypt,

    /// <summary>With the factors.</summary>
    EncryptAsOwner,

    /// <summary>With the factors, in whatever time the ciphertext asks for.</summary>
    Decrypt,

    /// <summary>With the factors, in constant time.</summary>
    DecryptConstantTime,

    /// <summary>Two ciphertexts each.</summary>
    Add,

    /// <summary>A ciphertext times a plain number of 53 bits each.</summary>
    Scale,

    /// <summary>Against the key owner: random exponent of |n| + 80 bits on the evaluator's own y^n.</summary>
    Rerandomise,

    /// <summary>442 x 10 entries, an exponentiation for each.</summary>
    MatrixByEntries,

    /// <summary>442 x 10 entries; tables are part of the time.</summary>
    SmallMatrix,

    /// <summary>1,000 x 100 entries; tables are part of the time.</summary>
    LargeMatrix,
}
