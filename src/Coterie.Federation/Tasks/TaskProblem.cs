namespace Coterie.Federation.Tasks;

/// <summary>One defect of a task file.</summary>
/// <param name="Line">1-based line.</param>
/// <param name="Field">Path of the field, for example <c>data.test.every</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and what would be accepted.</param>
public readonly record struct TaskProblem(int Line, string Field, string Message);
