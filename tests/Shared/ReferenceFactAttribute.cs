namespace Coterie.Testing;

/// <summary>A fact that needs the reference results; skipped by name where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceFactAttribute : FactAttribute
{
    public ReferenceFactAttribute() => Skip = Requirement.SkipUnless(References.Present, "the folder of reference results");
}

/// <summary>A theory that needs the reference results; skipped by name where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceTheoryAttribute : TheoryAttribute
{
    public ReferenceTheoryAttribute() => Skip = Requirement.SkipUnless(References.Present, "the folder of reference results");
}
