using Coterie.Federation.Nodes;

namespace Coterie.Tests.Nodes;

/// <summary>Texts of others, before people see them.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("\u001b[2Jtrial", "?[2Jtrial")]
    [InlineData("a\r\nb\tc\u0085d\u009be", "a??b?c?d?e")]
    [InlineData("\u202Eevil\u2066\u200F", "?evil??")]
    [InlineData("one\u2028two\u2029", "one?two?")]
    [InlineData("tag \U000E0041", "tag ?")]
    [InlineData("Müller 病 \U0001F600", "Müller 病 \U0001F600")]
    public void Of_WhatSteersATerminal_IsAQuestionMark(string text, string shown) => Assert.Equal(shown, Printable.Of(text));

    [Fact]
    public void Of_HalfACharacter_IsReplaced() => Assert.Equal("\uFFFDx", Printable.Of(string.Concat('\ud800', 'x')));

    [Fact]
    public void Of_ALongText_EndsAtTheLimitAndNotWithinACharacter()
    {
        Assert.Equal("aaa", Printable.Of(new string('a', 1000), 3));
        Assert.Equal("aa", Printable.Of("aa\U0001F600", 3));
    }
}
