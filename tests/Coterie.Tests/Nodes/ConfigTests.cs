using Coterie.Federation.Nodes.Approval;
using Coterie.Federation.Nodes.Configuration;
using Coterie.Federation.Tasks;
using Microsoft.Extensions.Logging;

namespace Coterie.Tests.Nodes;

public sealed class ConfigTests : IDisposable
{
    private const string Participant = "home: h\ncoordinator: { address: host.example:7443, name: hub }\ndata: rows\n";
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("coterie-config-");

    [Fact]
    public void Coordinator_WithEverything_IsRead()
    {
        var settings = CoordinatorSettings.Load(Write(
            """
            home: h
            listen: 0.0.0.0:7443
            authority: a
            metrics: 127.0.0.1:9464
            otlp: http://127.0.0.1:4317
            log: { level: trace, format: json }
            time-outs: { gathering: 10m, absence: 90s, patience: adaptive, deadline: 24h, keep-alive: 500ms }
            results: r
            """));
        Assert.Equal((Path.Combine(_place.FullName, "h"), Path.Combine(_place.FullName, "a"), Path.Combine(_place.FullName, "r")), (settings.Node.Home, settings.Authority, settings.Node.Results));
        Assert.Equal(new HostPort("0.0.0.0", 7443), settings.Listen);
        Assert.Equal(new LogSettings(LogLevel.Trace, true), settings.Node.Log);
        Assert.Equal(
            new TimeOutSettings
            {
                Gathering = TimeSpan.FromMinutes(10),
                Absence = TimeSpan.FromSeconds(90),
                Patience = null,
                Deadline = TimeSpan.FromHours(24),
                KeepAlive = TimeSpan.FromMilliseconds(500),
            },
            settings.Node.TimeOuts);
    }

    [Fact]
    public void Participant_WithAPolicy_IsRead()
    {
        var settings = ParticipantSettings.Load(Write(Participant +
            $$"""
            approve:
              learners: [ ridge-regression ]
              modes: [ secure-aggregation ]
              columns: [ a, b ]
              coordinators: [ { name: hub, fingerprint: "{{new string('A', 64)}}" } ]
              participants: [ one, { name: two } ]
              minimum-participants: 4
              maximum-rounds: 5
              preprocessing: declared-only
              epsilon: 0.5
              ask: false
            """));
        var policy = settings.Approve;
        Assert.Equal(new KnownParty("hub", new string('a', 64)), Assert.Single(policy.Coordinators));
        Assert.Equal<IEnumerable<KnownParty>>([new KnownParty("one"), new KnownParty("two")], policy.Participants);
        Assert.Equal((4, 5, 0.5, false, PreprocessingRule.DeclaredOnly, false), (policy.MinimumParticipants, policy.MaximumRounds, policy.Epsilon, policy.Ask, policy.Preprocessing, policy.AllowSmallRoster));
        Assert.Equal(Path.Combine(_place.FullName, "rows"), settings.Data!.Folder);
    }

    [Fact]
    public void Participant_WithAPolicyFile_ReadsIt()
    {
        File.WriteAllText(Path.Combine(_place.FullName, "policy.yaml"), "maximum-rounds: 7\n");
        Assert.Equal(7, ParticipantSettings.Load(Write(Participant + "approve: policy.yaml\n")).Approve.MaximumRounds);
        File.WriteAllText(Path.Combine(_place.FullName, "policy.yaml"), "# limits\nmaximal-rounds: 7\n");
        Assert.Contains("policy.yaml:2: maximal-rounds: is unknown; did you mean 'maximum-rounds'?", Refused(Participant + "approve: policy.yaml\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Participant_WithPrograms_ReadsThem()
    {
        var programs = ParticipantSettings.Load(Write(Participant + "external: { sgd: [ python3, -u, -u, train.py, 5, '' ], net: { command: ./net, folder: below } }\n")).Programs;
        Assert.Equal<IEnumerable<string>>(["python3", "-u", "-u", "train.py", "5", ""], programs["sgd"].Command);
        Assert.Equal(_place.FullName, programs["sgd"].Folder);
        Assert.Equal<IEnumerable<string>>(["./net"], programs["net"].Command);
        Assert.Equal(Path.Combine(_place.FullName, "below"), programs["net"].Folder);
        Assert.Empty(ParticipantSettings.Load(Write(Participant)).Programs);
        Assert.Contains("external: is unknown", Assert.Throws<TaskFileException>(() => ParticipantSettings.LoadWithoutData(Write("home: h\ncoordinator: { address: \"a:1\", name: hub }\nexternal: { a: b }\n"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("external: [ python3 ]\n", "external: is a list; a mapping from names to programs is expected.")]
    [InlineData("external: { sgd: [ ] }\n", "external.sgd: is a list; a program and its arguments as a list")]
    [InlineData("external: { sgd: [ '', x ] }\n", "external.sgd: is a list; a program")]
    [InlineData("external: { sgd: { command: [ sh ], place: x } }\n", "external.sgd.place: is unknown")]
    [InlineData("external: { sgd: { folder: x } }\n", "external.sgd.command: is missing")]
    public void Participant_WithoutAProgramWhereOneIsExpected_IsTold(string line, string words) => Assert.Contains(words, Refused(Participant + line), StringComparison.Ordinal);

    [Fact]
    public void Participant_WithoutAPolicy_Asks() => Assert.True(ParticipantSettings.Load(Write(Participant)).Approve.Ask);

    [Theory]
    [InlineData("approv: 1\n", ":4: approv: is unknown; did you mean 'approve'?")]
    [InlineData("time-outs: { absence: soon }\n", ":4: time-outs.absence: is 'soon'; a duration from 100ms to 24h, such as 90s, 10m or 24h, is expected.")]
    [InlineData("time-outs: { absence: 90 }\n", "is '90'; a duration")]
    [InlineData("time-outs: { absence: 400d }\n", "is '400d'; a duration")]
    [InlineData("time-outs: { absense: 9s }\n", "did you mean 'absence'?")]
    [InlineData("time-outs: { deadline: 9s }\n", "time-outs.deadline: is unknown")]
    [InlineData("log: { level: loud }\n", "one of trace, debug")]
    [InlineData("metrics: here\n", "an address and port such as 127.0.0.1:9464")]
    [InlineData("metrics: example.org:80\n", "an address and port such as 127.0.0.1:9464")]
    [InlineData("otlp: nowhere\n", "the address of a collector")]
    [InlineData("approve: { learners: [ ridge-regresion ] }\n", "did you mean 'ridge-regression'?")]
    [InlineData("approve: { modes: [ magic ] }\n", "names 'magic', which there is not")]
    [InlineData("approve: { ask: false, learners: [ ridge-regression ], modes: [ federated ] }\n", "columns have to be limited")]
    [InlineData("approve: { participants: [ { name: x, fingerprint: 12 } ] }\n", "as 64 hexadecimal digits is expected")]
    [InlineData("approve: { coordinators: [ Hub ] }\n", "a party's name of 1 to 64")]
    [InlineData("approve: { epsilon: 0 }\n", "a number above 0")]
    [InlineData("approve: { minimum-participants: 0 }\n", "a whole number from 1")]
    public void Participant_WithADefect_IsToldWhereAndWhat(string more, string words) => Assert.Contains(words, Refused(Participant + more), StringComparison.Ordinal);

    [Theory]
    [InlineData("coordinator: { address: host:7443, name: hub }\ndata: d\n", "home: is missing")]
    [InlineData("home: h\ndata: d\n", "coordinator: is missing")]
    [InlineData("home: h\ncoordinator: { address: host, name: hub }\ndata: d\n", "coordinator.address: is 'host'")]
    [InlineData("home: h\ncoordinator: { address: host:0, name: hub }\ndata: d\n", "coordinator.address: is 'host:0'")]
    [InlineData("home: h\ncoordinator: { address: host:7443, name: Hub }\ndata: d\n", "coordinator.name: is 'Hub'")]
    [InlineData("home: h\ncoordinator: { address: host:7443, name: hub }\n", "data: is missing")]
    [InlineData("home: h\ncoordinator: { address: host:7443, name: hub }\ndata: { }\n", "names nothing")]
    [InlineData("home: h\ncoordinator: { address: host:7443, name: hub }\ndata: { file: a, folder: b }\n", "give one or the other")]
    public void Participant_WithSomethingMissing_IsTold(string text, string words) => Assert.Contains(words, Refused(text), StringComparison.Ordinal);

    [Fact]
    public void Config_ThatIsAbsent_IsTold() =>
        Assert.Contains("there is no such config file", Assert.Throws<TaskFileException>(() => CoordinatorSettings.Load(Path.Combine(_place.FullName, "none.yaml"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Helper_WithData_IsRefused()
    {
        var path = Write(Participant);
        Assert.Contains("data: is unknown", Assert.Throws<TaskFileException>(() => ParticipantSettings.LoadWithoutData(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("host.example:7443", "host.example", 7443)]
    public void HostPort_Parse_ReadsAddresses(string text, string host, int port)
    {
        Assert.Equal(new HostPort(host, port), HostPort.Parse(text));
        Assert.Equal(text, new HostPort(host, port).ToString());
    }

    [Theory]
    [InlineData("host")]
    [InlineData(":80")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("::1:80")]
    [InlineData("a b:80")]
    public void HostPort_Parse_RefusesOthers(string text) => Assert.Null(HostPort.Parse(text));

    public void Dispose() => _place.Delete(recursive: true);

    private string Write(string text)
    {
        var path = Path.Combine(_place.FullName, "config.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    private string Refused(string text)
    {
        var path = Write(text);
        return Assert.Throws<TaskFileException>(() => ParticipantSettings.Load(path)).Message;
    }
}
