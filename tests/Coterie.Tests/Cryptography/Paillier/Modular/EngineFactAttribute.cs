using Coterie.Cryptography.Paillier.Modular;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

/// <summary>Says which engine a class of tests is about.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TestedEngineAttribute(EngineKind kind, int limbBits) : Attribute
{
    public EngineKind Kind { get; } = kind;

    public int LimbBits { get; } = limbBits;
}

/// <summary>A test in a base class that is skipped, by name, in classes about an engine that this processor has not the instructions for.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Coterie.Tests.Cryptography.Paillier.Modular.EngineFactDiscoverer", "Coterie.Tests")]
internal sealed class EngineFactAttribute : FactAttribute;

internal sealed class EngineFactDiscoverer(IMessageSink sink) : FactDiscoverer(sink)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new EngineTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), testMethod);
}

internal sealed class EngineTestCase : XunitTestCase
{
    [Obsolete("For the test framework, which makes cases out of their serialised form.", error: true)]
    public EngineTestCase()
    {
    }

    public EngineTestCase(IMessageSink sink, TestMethodDisplay display, ITestMethod method) : base(sink, display, TestMethodDisplayOptions.None, method)
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        var kind = TestMethod.TestClass.Class.ToRuntimeType().GetCustomAttributes(inherit: false).OfType<TestedEngineAttribute>().Single().Kind;
        // No installation brings instructions: this skip stays one where others count as failures.
        return ModularEngines.IsSupported(kind) ? null : $"needs a processor for the {kind} engine";
    }
}
