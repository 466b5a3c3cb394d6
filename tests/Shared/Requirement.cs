namespace Coterie.Testing;

/// <summary>Decides whether a test whose component is missing is skipped or fails: <c>COTERIE_REQUIRE=all</c> makes it fail.</summary>
internal static class Requirement
{
    public static bool All { get; } = Environment.GetEnvironmentVariable("COTERIE_REQUIRE") == "all";

    /// <summary>The reason to skip, or null to run (and fail, when the component is missing but required).</summary>
    public static string? SkipUnless(bool present, string component) => present || All ? null : $"{component} is missing";
}
