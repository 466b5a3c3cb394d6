using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

[TestedEngine(EngineKind.Avx2, 51)]
public sealed class Avx2EngineTests : ModularEngineTests;
