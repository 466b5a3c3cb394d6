using Coterie.Federation.Runs;

namespace Coterie.Cli.Demo;

/// <summary>A finished run of the demo.</summary>
internal sealed record DemoRun(DemoProblem Problem, DemoMode Mode, TaskResult Result);
