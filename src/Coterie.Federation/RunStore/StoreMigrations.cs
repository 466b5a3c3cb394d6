using System.Globalization;

namespace Coterie.Federation.RunStore;

/// <summary>Brings a file to the schema this program knows: numbered scripts, each applied once, in one transaction with its number.</summary>
internal static class StoreMigrations
{
    /// <summary>Scripts of the state.</summary>
    public const string State = "Migrations.";

    /// <summary>Scripts of the record of what was released.</summary>
    public const string Released = "Migrations.Released.";

    /// <exception cref="StoreException">A newer program wrote the file.</exception>
    public static void Apply(Database database, string kind)
    {
        var scripts = Scripts(kind);
        database.Script("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)");
        var version = (int)database.Number("SELECT MAX(version) FROM schema_version");
        if (version > scripts.Count)
            throw new StoreException($"{database.Path} was written by a newer version of Coterie (schema {version}; this one knows up to {scripts.Count}). Use that version or a newer one.");
        for (var next = version + 1; next <= scripts.Count; next++)
        {
            database.Script("BEGIN IMMEDIATE");
            database.Script(scripts[next - 1]);
            database.Execute("INSERT INTO schema_version (version) VALUES ($1)", next);
            database.Script("COMMIT");
        }
    }

    private static List<string> Scripts(string kind)
    {
        var assembly = typeof(StoreMigrations).Assembly;
        var prefix = $"{typeof(StoreMigrations).Namespace}.{kind}";
        var names = assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(prefix, StringComparison.Ordinal) && char.IsAsciiDigit(n[prefix.Length]))
            .Order(StringComparer.Ordinal).ToList();
        for (var i = 0; i < names.Count; i++)
            if (int.Parse(names[i].AsSpan(prefix.Length, 4), CultureInfo.InvariantCulture) != i + 1) throw new System.Diagnostics.UnreachableException(names[i]);
        return names.ConvertAll(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        });
    }
}
