using Coterie.Core.Numerics;
using Coterie.Core.Parties;

namespace Coterie.Core.Arithmetic;

/// <summary>What a mode has besides <see cref="IArithmetic{T}"/>: the doors in and out. Learners never receive it.</summary>
public interface ISecureArithmetic<T> : IArithmetic<T> where T : class, ISecret<T>
{
    /// <summary>Enters <paramref name="owner"/>'s matrix; <paramref name="mine"/> is null at every other party.</summary>
    ValueTask<T> InputAsync(PartyId owner, Matrix? mine, int rows, int columns, CancellationToken cancellationToken);

    /// <summary>Opens a value to an audience; null at every party outside it.</summary>
    ValueTask<Matrix?> OpenAsync(T value, Audience to, CancellationToken cancellationToken);
}
