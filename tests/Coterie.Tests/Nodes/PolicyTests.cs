using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Nodes;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Offers;
using Coterie.Tests.Nodes.Support;

namespace Coterie.Tests.Nodes;

public sealed class PolicyTests
{
    private static readonly VerifiedParty Coordinator = new(new Party(new PartyId("coordinator"), PartyRole.Coordinator, []), new string('a', 64));
    private static readonly Party Self = new(new PartyId("clinic-1"), PartyRole.Participant, []);

    /// <summary>Every limit, each broken by the same task: its word, and what is said.</summary>
    public static TheoryData<string, ApprovalPolicy, string> Limits => new()
    {
        { "", new ApprovalPolicy { Learners = ["k-means"] }, "learners: ridge-regression is none of k-means." },
        { "", new ApprovalPolicy { Modes = ["secure-aggregation"] }, "modes: federated is none of secure-aggregation." },
        { "", new ApprovalPolicy { Columns = ["a", "y"] }, "columns: b is not among those approved." },
        { "", new ApprovalPolicy { Columns = ["a", "b"] }, "columns: y is not among those approved." },
        { "", new ApprovalPolicy { Coordinators = [new KnownParty("hub")] }, "coordinators: coordinator with the certificate aaaaaaaaaaaaaaaa... is none of hub." },
        { "", new ApprovalPolicy { Coordinators = [new KnownParty("coordinator", new string('b', 64))] }, "coordinators: coordinator with the certificate" },
        { "", new ApprovalPolicy { Participants = [new KnownParty("clinic-2")], MinimumParticipants = 3 }, "minimum-participants: 2 participants that this one knows are to take part; 3 are needed." },
        { "", new ApprovalPolicy { MinimumParticipants = 4 }, "minimum-participants: 3 participants" },
        { "", new ApprovalPolicy { MaximumRounds = 4 }, "maximum-rounds: 5 rounds are asked for; 4 are approved." },
        { ", allow-small-roster: true", new ApprovalPolicy(), "allow-small-roster: the task agrees to sums over one or two participants, this party does not." },
        { "", new ApprovalPolicy { Preprocessing = PreprocessingRule.DeclaredOnly }, "preprocessing: standardize would learn from the rows" },
        { "", new ApprovalPolicy { Preprocessing = PreprocessingRule.DeclaredOnly }, "preprocessing: no range is declared for a, y" },
        { "", new ApprovalPolicy { Epsilon = 1 }, "epsilon: the task has no differential privacy; an epsilon of at most 1 is approved." },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Judge_OfATaskBeyondALimit_ObjectsWithTheReason(string more, ApprovalPolicy policy, string words)
    {
        var verdict = PolicyJudge.Judge(policy, Offered(more), Self);
        Assert.Contains(verdict.Objections, o => o.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_OfATaskWithinAllLimits_HasNoObjection()
    {
        var policy = new ApprovalPolicy
        {
            Learners = ["ridge-regression"],
            Modes = ["federated"],
            Columns = ["a", "b", "y"],
            Coordinators = [new KnownParty("coordinator", new string('a', 64))],
            Participants = [new KnownParty("clinic-2"), new KnownParty("clinic-3")],
            MinimumParticipants = 3,
            MaximumRounds = 5,
        };
        var verdict = PolicyJudge.Judge(policy, Offered(""), Self);
        Assert.Empty(verdict.Objections);
        Assert.True(verdict.NeedsConsent);
        Assert.False(PolicyJudge.Judge(policy with { Ask = false }, Offered(""), Self).NeedsConsent);
    }

    [Fact]
    public void Judge_OfATaskForOthers_Objects() =>
        Assert.Contains("does not name clinic-9", Assert.Single(PolicyJudge.Judge(new ApprovalPolicy(), Offered(""), Self with { Id = new PartyId("clinic-9") }).Objections), StringComparison.Ordinal);

    [Fact]
    public async Task Decide_WithoutConsent_DoesNotLookAtTheFile()
    {
        using var bench = new NodeBench();
        var watcher = new Watcher { Consents = false };
        var node = await bench.JoinAsync("clinic-1", watcher: watcher);
        var absent = Path.Combine(bench.Folder, "absent.csv");
        var broken = bench.Settings(node, new ApprovalPolicy { MaximumRounds = 4 }, absent);
        Assert.Contains("maximum-rounds", (await Decide(node, broken)).Refusal, StringComparison.Ordinal);
        Assert.Empty(watcher.Asked);

        Assert.Contains("nobody has agreed", (await Decide(node, bench.Settings(node, new ApprovalPolicy(), absent))).Refusal, StringComparison.Ordinal);
        Assert.Single(watcher.Asked);
        Assert.Empty(watcher.Warned);

        // Agreed to by name: only now the file is looked for, and what is wrong with it is said here and not to the coordinator.
        var (data, refusal) = await Decide(node, bench.Settings(node, new ApprovalPolicy(), absent), "trial");
        Assert.Null(data);
        Assert.IsType<DataFileException>(Assert.Single(watcher.Warned));
        Assert.DoesNotContain("absent", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decide_AskedAndAgreed_HasTheRows_AndShowedWhatIsDecided()
    {
        using var bench = new NodeBench();
        var watcher = new Watcher { Consents = true };
        var node = await bench.JoinAsync("clinic-1", watcher: watcher);
        var (data, refusal) = await Decide(node, bench.Settings(node, new ApprovalPolicy()));
        Assert.Equal((4, (string?)null), (data!.Shard.Rows, refusal));
        var shown = string.Join('\n', Assert.Single(watcher.Asked).Facts.Select(f => f.Key + ": " + f.Value));
        Assert.All(
            ["coordinator: coordinator, certificate aaaa", "participants: clinic-1, clinic-2, clinic-3", "mode: federated.", "coordinator learns: every single contribution", "columns: a, b", "target: y", "rounds: at most 5"],
            words => Assert.Contains(words, shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Summary_OfNamesThatSteerTerminals_IsHarmless()
    {
        var offer = NodeBench.Offer(NodeBench.Task());
        offer = offer with { Schema = offer.Schema with { Features = [offer.Schema.Features[0] with { Name = "a\u001b[2Jb\u202E" }] } };
        var summary = TaskSummary.Of(OfferedTask.Of(offer, Coordinator, "/nowhere"));
        Assert.Contains(summary.Facts, f => f.Value == "a?[2Jb?");
        Assert.DoesNotContain(summary.Facts, f => f.Value.Any(char.IsControl));
    }

    private static Task<(Federation.Tasks.ParticipantData? Data, string? Refusal)> Decide(NodeContext node, Federation.Nodes.Configuration.ParticipantSettings settings, params string[] approved) =>
        new TaskConsent(node, settings, [.. approved]).DecideAsync(Coordinator, NodeBench.Offer(Task("")), wasAccepted: false, CancellationToken.None);

    private static string Task(string more) => NodeBench.Task(more) + "stop: { rounds: 5 }\n";

    private static OfferedTask Offered(string more) => OfferedTask.Of(NodeBench.Offer(Task(more)), Coordinator, "/nowhere");
}
