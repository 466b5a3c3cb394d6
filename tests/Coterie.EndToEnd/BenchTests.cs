namespace Coterie.EndToEnd;

public sealed class BenchTests
{
    [Fact]
    public async Task BenchCrypto_Json_HasEveryOperationsRateAndTheKeysStrength()
    {
        using var place = new Workspace();
        var result = await Cli.SucceedAsync(place.Folder, "bench", "crypto", "--bits", "2048", "--threads", "2", "--seconds", "0.01", "--json");
        var key = Assert.Single(result.Json.GetProperty("keys").EnumerateArray());
        Assert.Equal(112, key.GetProperty("security_bits").GetInt32());
        var rates = key.GetProperty("rates").EnumerateArray().ToDictionary(r => r.GetProperty("operation").GetString()!, r => r.GetProperty("per_second").GetDouble());
        Assert.True(rates.Count >= 9, string.Join(", ", rates.Keys));
        Assert.All(rates, r => Assert.True(r.Value > 0, r.Key));
        Assert.Contains(result.Json.GetProperty("engine").GetString()!, result.Json.GetProperty("engines").EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public async Task BenchCrypto_Text_IsATableOfBothKeySizes()
    {
        using var place = new Workspace();
        var result = await Cli.SucceedAsync(place.Folder, "bench", "crypto", "--seconds", "0.01");
        Assert.All(["2048 bits", "3072 bits", "128 bits", "decrypt", "re-randomise"], words => Assert.Contains(words, result.Output, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(place.Folder));
    }

    [Theory]
    [InlineData("--bits", "1024", "2048, 3072")]
    [InlineData("--threads", "0", "1 to 1024")]
    [InlineData("--seconds", "-1", "above 0")]
    public async Task BenchCrypto_WhatCannotBe_IsRefused(string option, string value, string words)
    {
        using var place = new Workspace();
        await Cli.RefuseAsync(place.Folder, ["bench", "crypto", option, value], option, words);
    }
}
