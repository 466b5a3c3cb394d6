namespace Coterie.Federation.RunStore;

/// <summary>
/// A party's durable state cannot be read or written: the disk is full, the file is damaged, locked or gone. The message names the file and says
/// what to do; what was on the disk is intact, and nothing was acknowledged that is not there.
/// </summary>
public sealed class StoreException(string message, Exception? inner = null) : IOException(message, inner);
