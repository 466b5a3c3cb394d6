using System.Globalization;
using Coterie.Cli.Nodes;
using Coterie.Cli.Output;
using Coterie.Cli.Running;

namespace Coterie.Cli.Commands;

/// <summary>
/// <c>coterie predict --encrypted</c>: each owner's steps as processes of their own. The processes of the model's owner are given the model and never the data,
/// those of the rows' owner the data and never the model; what passes from one to the other are three files.
/// </summary>
internal static class PredictEncrypted
{
    public static async Task RunAsync(CommandContext context, string model, string data, string? place, int? keyBits, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("coterie-predict-").FullName;
        try
        {
            string In(string name) => Path.Combine(folder, name);
            var (encrypted, question, answer) = (In("model.encrypted"), In("rows.question"), In("rows.answer"));
            // Both owners are who runs this: there is nobody to count rows for.
            string[] publish = ["publish", model, "--out", encrypted, "--owner", In("model.owner"), "--answers", int.MaxValue.ToString(CultureInfo.InvariantCulture)];
            if (keyBits is { } bits) publish = [.. publish, "--key-bits", bits.ToString(CultureInfo.InvariantCulture)];
            string[] read = ["read", encrypted, answer, "--masks", In("rows.masks"), .. place is null ? Array.Empty<string>() : ["--out", place], .. context.Json ? ["--json"] : Array.Empty<string>()];
            await StepAsync("the model's owner", encrypted, publish);
            await StepAsync("the rows' owner", question, ["ask", encrypted, data, "--out", question, "--masks", In("rows.masks")]);
            await StepAsync("the model's owner", answer, ["answer", question, "--owner", In("model.owner"), "--out", answer]);
            Console.Out.Write(await StepAsync("the rows' owner", null, read));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task<string> StepAsync(string owner, string? file, string[] arguments)
        {
            var output = await StepProcess.RunAsync(["predict", .. arguments, .. context.Verbose ? ["--verbose"] : Array.Empty<string>()], cancellationToken);
            if (context.Verbose) await Console.Error.WriteLineAsync($"{owner}: predict {arguments[0]}" + (file is null ? "" : $", {Format.Bytes(new FileInfo(file).Length)} for the other"));
            return output;
        }
    }
}
