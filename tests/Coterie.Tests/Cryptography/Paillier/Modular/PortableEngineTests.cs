using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

[TestedEngine(EngineKind.Portable, 57)]
public sealed class PortableEngineTests : ModularEngineTests;
