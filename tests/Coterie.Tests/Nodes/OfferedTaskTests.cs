using System.Collections.Immutable;
using Coterie.Core.Learning;
using Coterie.Core.Parties;
using Coterie.Federation.Data;
using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Nodes.Offers;
using Coterie.Federation.Tasks;
using Coterie.Tests.Nodes.Support;

namespace Coterie.Tests.Nodes;

/// <summary>What an offer can and cannot make its receiver read.</summary>
public sealed class OfferedTaskTests : IDisposable
{
    private static readonly VerifiedParty Coordinator = new(new Party(new PartyId("coordinator"), PartyRole.Coordinator, []), new string('a', 64));
    private static readonly PartyId Self = new("clinic-2");
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("coterie-offer-");
    private readonly string _folder;

    public OfferedTaskTests()
    {
        _folder = _place.CreateSubdirectory("shared").FullName;
        File.WriteAllText(Path.Combine(_folder, "rows-2.csv"), "a,b,y,more\n1,2,3,x\n2,1,4,x\n");
        File.WriteAllText(Path.Combine(_place.FullName, "secret.csv"), "a,b,y\n9,2,3\n");
    }

    [Fact]
    public void ReadRows_OfTheTasksOwnName_IsThatFileBelowTheFolder()
    {
        var data = Of(NodeBench.Task()).ReadRows(Self, Location);
        Assert.Equal((2, 1.0), (data.Shard.Rows, data.Shard.Features[0, 0]));
    }

    [Theory]
    [InlineData("../secret.csv")]
    [InlineData("/SECRET")]
    public void ReadRows_OfAnotherPlace_IsRefused(string named)
    {
        var task = NodeBench.Task().Replace("rows-2.csv", named.Replace("/SECRET", Path.Combine(_place.FullName, "secret.csv"), StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Throws<DataFileException>(() => Of(task).ReadRows(Self, Location));
    }

    /// <summary>Two lists of participants that disagree would have one of them choose the check and the other the file.</summary>
    [Fact]
    public void Of_AnOfferWhoseParticipantsAreNotTheTasks_IsRefused()
    {
        var task = NodeBench.Task().Replace("rows-2.csv", "../secret.csv", StringComparison.Ordinal);
        var offer = NodeBench.Offer(task);
        offer = offer with { Participants = [offer.Participants[1], offer.Participants[0], offer.Participants[2]] };
        Assert.Contains("not those it is offered to", Assert.Throws<TaskFileException>(() => OfferedTask.Of(offer, Coordinator, _folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadRows_WithAnOfferedTestFile_DoesNotOpenIt()
    {
        var task = NodeBench.Task().Replace("  schema:", "  test: { file: ../secret.csv }\n  schema:", StringComparison.Ordinal);
        Assert.Equal(2, Of(task).ReadRows(Self, Location).Shard.Rows);
    }

    [Fact]
    public void ReadRows_OfAFileThatEverybodyHas_IsThisParticipantsPart()
    {
        File.WriteAllText(Path.Combine(_folder, "all.csv"), "a,b,y\n0,1,1\n1,1,2\n2,1,3\n3,1,4\n4,1,5\n5,1,6\n");
        var task = NodeBench.Task();
        var list = task[task.IndexOf("  participants:", StringComparison.Ordinal)..task.IndexOf("  schema:", StringComparison.Ordinal)];
        var dealt = task.Replace(list, "  file: all.csv\n  participants: { count: 3 }\n", StringComparison.Ordinal);
        var offer = NodeBench.Offer(task) with { Task = dealt, Participants = [new PartyId("participant-1"), new PartyId("participant-2"), new PartyId("participant-3")] };
        var data = OfferedTask.Of(offer, Coordinator, _folder).ReadRows(new PartyId("participant-2"), Location);
        Assert.Equal([1.0, 4.0], [data.Shard.Features[0, 0], data.Shard.Features[1, 0]]);
    }

    [Theory]
    [InlineData("age: { type: num }", "c: { type: cat }", "data.schema.c: declares no values")]
    [InlineData("age: { type: num }", "c: { }", "data.schema.c: declares no type")]
    [InlineData("c: { type: text }", "d: { type: text }", "declares no feature")]
    public void DeclaredSchema_ThatSaysTooLittle_IsToldWhat(string first, string second, string words)
    {
        var file = TaskFile.Parse(NodeBench.Task().Replace("{ a: { type: num }, b: { type: num, range: [-5, 5] }", $"{{ {first}, {second}", StringComparison.Ordinal), "/nowhere/task.yaml");
        Assert.Contains(words, Assert.Throws<TaskFileException>(() => DeclaredSchema.Resolve(file, LearningTask.Regression)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeclaredSchema_KeepsTheOrderOfTheTask()
    {
        var file = TaskFile.Parse(NodeBench.Task().Replace("{ a: { type: num }, b: { type: num, range: [-5, 5] }", "{ z: { type: num }, b: { type: bin }, a: { type: cat, values: [u, v] }", StringComparison.Ordinal), "/nowhere/task.yaml");
        var schema = DeclaredSchema.Resolve(file, LearningTask.Regression);
        Assert.Equal(["z", "b", "a"], schema.Features.Select(c => c.Name));
        Assert.Equal("y", schema.Target!.Name);
    }

    [Fact]
    public void Offer_ReadBack_IsTheSame_AndNonsenseIsRefused()
    {
        var offer = NodeBench.Offer(NodeBench.Task()) with { Deadline = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_000) };
        var read = TaskOffer.Read(offer.ToMessage(), Coordinator.Party.Id);
        Assert.Equal((offer.Run, offer.Task, offer.Seed, offer.Schema, offer.Deadline), (read.Run, read.Task, read.Seed, read.Schema, read.Deadline));
        Assert.Equal<IEnumerable<PartyId>>(offer.Participants, read.Participants);
        foreach (var run in new[] { "", "../up", "a/b", new string('a', 129), ".hidden" })
        {
            var message = offer.ToMessage();
            message.Run = run;
            Assert.Throws<ProtocolException>(() => TaskOffer.Read(message, Coordinator.Party.Id));
        }
        var twice = offer.ToMessage();
        twice.Participants.Add("clinic-1");
        Assert.Throws<ProtocolException>(() => TaskOffer.Read(twice, Coordinator.Party.Id));
    }

    public void Dispose() => _place.Delete(recursive: true);

    private DataLocation Location => new(null, _folder, ImmutableSortedDictionary<string, string>.Empty);

    private OfferedTask Of(string task) => OfferedTask.Of(NodeBench.Offer(task), Coordinator, _folder);
}
