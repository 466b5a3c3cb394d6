namespace Coterie.Learning.Margins;

/// <summary>What a row with function value f and the first or second class adds: its loss, the loss' derivative by f, and a curvature for Newton's step.</summary>
/// <param name="value">f.</param>
/// <param name="isSecond">Whether the row's class is the second, whose f should be positive.</param>
internal delegate (double Loss, double Slope, double Curvature) RowLoss(double value, bool isSecond);
