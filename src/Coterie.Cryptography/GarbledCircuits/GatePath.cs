namespace Coterie.Cryptography.GarbledCircuits;

/// <summary>How half gates are computed; all give the same bytes.</summary>
internal enum GatePath
{
    /// <summary>The framework's block cipher.</summary>
    Portable,

    /// <summary>AES instructions.</summary>
    Instructions,

    /// <summary>AES instructions, and Galois-field instructions on 512 bits for the key schedules.</summary>
    Wide,
}
