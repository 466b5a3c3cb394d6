namespace Coterie.Cli.Generating;

/// <summary>What is peculiar to one operator's network.</summary>
/// <param name="Name">Its name, and that of its file.</param>
/// <param name="Share">Its part of all cells.</param>
/// <param name="Climate">Mean temperature in a cabinet, degrees Celsius.</param>
/// <param name="Vendors">Shares of the vendors of <see cref="TelecomGenerator.Vendors"/>.</param>
/// <param name="NewRadio">Share of cells of the newer technology.</param>
/// <param name="Age">Mean age of a site in years.</param>
/// <param name="Rural">Share of cells in the country: fewer users, more interference from afar.</param>
/// <param name="Faults">How much likelier a hardware fault is than elsewhere, in logits.</param>
/// <param name="Sleepers">Likewise a sleeping cell.</param>
/// <param name="Thermometers">Share of cabinets that report a temperature; elsewhere its cell is empty.</param>
/// <param name="Alarms">Share of sites that report alarms of their power supply.</param>
internal sealed record Operator(
    string Name, double Share, double Climate, double[] Vendors, double NewRadio, double Age, double Rural, double Faults, double Sleepers, double Thermometers, double Alarms);
