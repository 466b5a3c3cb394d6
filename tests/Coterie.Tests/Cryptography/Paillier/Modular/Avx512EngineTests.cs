using Coterie.Cryptography.Paillier.Modular;

namespace Coterie.Tests.Cryptography.Paillier.Modular;

[TestedEngine(EngineKind.Avx512, 52)]
public sealed class Avx512EngineTests : ModularEngineTests;
