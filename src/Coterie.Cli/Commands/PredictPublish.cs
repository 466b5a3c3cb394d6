using System.CommandLine;
using Coterie.Cli.Output;
using Coterie.Cli.Running;
using Coterie.Cryptography.Paillier;
using Coterie.Federation.Models.Encrypted;

namespace Coterie.Cli.Commands;

/// <summary><c>coterie predict publish</c>: a model's owner encrypts it.</summary>
internal static class PredictPublish
{
    private const int DefaultKeyBits = 3072;

    private static readonly Argument<string> Model = new("MODEL.json") { Description = "The model.json of a finished run; a linear learner's." };
    private static readonly Option<string> Out = new("--out") { Description = "Where the encrypted model goes, for everybody who may ask.", HelpName = "FILE", Required = true };

    private static readonly Option<string?> Owner = new("--owner") { Description = "Where key and ledger go; they stay with you. [default: <out>.owner]", HelpName = "FILE" };
    private static readonly Option<int?> KeyBits = KeyBitsOption();

    private static readonly Option<int?> Answers = new("--answers")
    {
        Description = "How many rows you will answer in all. With d features, d + 1 answered rows determine a linear model, and somebody who breaks the rules needs one question. [default: d]",
        HelpName = "ROWS",
    };

    public static Command Create()
    {
        var command = new ExampleCommand(
            "publish", "The model's owner encrypts a linear model's weights. In clear stay the learner's name, schema and preprocessing, which participants of a run have in every mode, with counts of rows and classes.",
            "coterie predict publish coterie-results/diabetes-ridge/model.json --out diabetes.encrypted --answers 1000")
        { Model, Out, Owner, KeyBits, Answers };
        command.SetAction(parsed => CommandRunner.Run(parsed, context => Run(parsed, context)));
        return command;
    }

    /// <summary>Says how long a key is.</summary>
    public static Option<int?> KeyBitsOption()
    {
        var option = new Option<int?>("--key-bits") { Description = $"Bits of the model owner's Paillier key: 2048 or 3072. [default: {DefaultKeyBits}]", HelpName = "N" };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && token.Value is not ("2048" or "3072")) given.AddError($"--key-bits: '{token.Value}' is no size of a key; 2048 and 3072 are accepted.");
        });
        return option;
    }

    /// <summary>On all processors.</summary>
    public static PaillierOptions Options { get; } = new(Threads: Environment.ProcessorCount);

    private static void Run(ParseResult parsed, CommandContext context)
    {
        var place = parsed.GetRequiredValue(Out);
        var owner = parsed.GetValue(Owner) ?? place + ".owner";
        if (parsed.GetValue(Answers) is < 1 and var wrong) throw new UsageException($"--answers: {wrong} rows; 1 or more are accepted.");
        var (model, most) = ModelOwner.Publish(parsed.GetRequiredValue(Model), place, owner, parsed.GetValue(KeyBits) ?? DefaultKeyBits, parsed.GetValue(Answers), Options);
        var features = model.Weights.Layout.Features;
        var fingerprint = Convert.ToHexStringLower([.. model.Hash]);
        if (context.Json)
        {
            CommandContext.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("model", place);
                json.WriteString("owner", owner);
                json.WriteString("sha256", fingerprint);
                json.WriteNumber("features", features);
                json.WriteNumber("key_bits", model.Weights.Key.Bits);
                json.WriteNumber("answers", most);
                json.WriteEndObject();
            });
            return;
        }
        context.Out.WriteWhole($"Encrypted model, to give away: {place} ({Format.Bytes(new FileInfo(place).Length)}, SHA-256 {fingerprint})");
        context.Out.WriteWhole($"Key and ledger, to keep:      {owner}");
        context.Out.WriteWhole($"Answers for {Format.Plural(most, "row")} in all; {features + 1} answered rows determine the model"
            + (most > features ? "." : ", so that what is answered by the rules leaves it open. --answers gives more."));
        context.Out.WriteWhole($"Next:    coterie predict ask {place} DATA.csv --out rows.question");
    }
}
