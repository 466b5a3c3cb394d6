using System.CommandLine;
using Coterie.Cli.Running;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie bench</c>: how fast this machine is.</summary>
internal static class BenchCommand
{
    public static Command Create() => new ExampleCommand("bench", "Measures this machine.", "coterie bench crypto") { BenchCrypto.Create() };
}
