namespace Coterie.Federation.Reports;

/// <summary>Something a party learned in clear, over the whole run.</summary>
/// <param name="Party">Who learned it.</param>
/// <param name="What">What it is, for example "sum of contributions".</param>
/// <param name="Numbers">How many numbers in all.</param>
/// <param name="Contributors">Over how many participants each number was added (the fewest, where that changed); 0 where it is not a sum.</param>
/// <param name="Times">How often it was opened.</param>
/// <param name="Why">Why the mode opens it and what is assumed; may be empty.</param>
public sealed record LearnedRow(string Party, string What, long Numbers, int Contributors, int Times = 1, string Why = "");
