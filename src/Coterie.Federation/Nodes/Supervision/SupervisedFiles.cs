namespace Coterie.Federation.Nodes.Supervision;

/// <summary>Names of files through which a process and the one that started it exchange what does not travel over the network.</summary>
internal static class SupervisedFiles
{
    /// <summary>The offer as the starting process found it in the data.</summary>
    public const string Offer = "offer";

    /// <summary>What the party can tell about the run.</summary>
    public const string Report = "report";
}
