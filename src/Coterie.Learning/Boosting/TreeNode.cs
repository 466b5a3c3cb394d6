namespace Coterie.Learning.Boosting;

/// <summary>A node of a tree.</summary>
/// <param name="Feature">The feature that rows are divided by; -1: a leaf.</param>
/// <param name="Cut">Rows whose cell is below it go left.</param>
/// <param name="IsMissingLeft">Whether rows without a cell go left.</param>
/// <param name="Left">The left child's index among the tree's nodes; the right child's is one more.</param>
/// <param name="Value">What a row that ends here adds to the margin, learning rate included; of an inner node what it would add were it a leaf.</param>
/// <param name="Gain">By how much the division lowers the objective, twice (XGBoost's <c>loss_chg</c>); 0 of a leaf.</param>
/// <param name="Cover">The sum of second derivatives over the training rows that came here.</param>
public readonly record struct TreeNode(int Feature, double Cut, bool IsMissingLeft, int Left, double Value, double Gain, double Cover)
{
    /// <summary>Whether rows end here.</summary>
    public bool IsLeaf => Feature < 0;

    /// <summary>A leaf.</summary>
    public static TreeNode Leaf(double value, double cover) => new(-1, 0, false, 0, value, 0, cover);

    /// <summary>The child of a row with this cell; NaN: none.</summary>
    public int Child(double cell) => (double.IsNaN(cell) ? IsMissingLeft : cell < Cut) ? Left : Left + 1;
}
