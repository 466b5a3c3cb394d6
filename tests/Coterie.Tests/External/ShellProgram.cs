using System.Collections.Immutable;

namespace Coterie.Tests.External;

/// <summary>Programs of a few lines that the system's own sh runs, in a folder of their own.</summary>
internal sealed class ShellProgram : IDisposable
{
    /// <summary>Gives back two numbers that are the shard's rows and the round, and a third that is 0.5.</summary>
    public const string Honest = """printf '{"round":%s,"blocks":{"b":[0.5],"w":[%s,%s]},"loss":%s}\n' "$round" "$rows" "$round" "$rows" """;

    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("coterie-program-");
    private int _written;

    public string Folder => _place.FullName;

    /// <summary>A program that answers everything as it should but what is given here, as commands for sh; <c>$rows</c> and <c>$round</c> are set.</summary>
    public ImmutableArray<string> Write(
        string round = Honest, string hello = """echo '{"protocol":1}'""", string given = """echo "{\"rows\":$rows}" """, string predict = """echo '{"predictions":[1,2]}'""", string start = ":")
    {
        var path = Path.Combine(Folder, $"program-{_written++}.sh");
        File.WriteAllText(
            path,
            $$"""
            {{start}}
            while IFS= read -r line; do
              case "$line" in
                '{"type":"hello"'*) rows=${line#*'"rows":'}; rows=${rows%%,*}; {{hello}} ;;
                '{"type":"rows"'*) {{given}} ;;
                '{"type":"round"'*) round=${line#*'"round":'}; round=${round%%,*}; {{round}} ;;
                '{"type":"predict"'*) {{predict}} ;;
                *) exit 0 ;;
              esac
            done

            """.ReplaceLineEndings("\n"));
        return ["sh", path];
    }

    public string At(string name) => Path.Combine(Folder, name);

    public void Dispose() => _place.Delete(recursive: true);
}
