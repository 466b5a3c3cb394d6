using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

[TestedEngine(EngineKind.Portable, 59)]
public sealed class PortableEngineTests : ModularEngineTests;
