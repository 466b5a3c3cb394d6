using System.Security.Cryptography;
using System.Text;

namespace Coterie.Federation.Reports;

/// <summary>The page's style sheet and script.</summary>
internal static class Theme
{
    // Series colours: blue, orange, green, purple, red, grey, ordered so that neighbours differ in lightness too;
    // they follow the colour-blind safe palette of Okabe and Ito, each at least 3:1 against the card behind it.
    private const string Light = """
            color-scheme: light; --paper: #f7f6f2; --card: #ffffff; --ink: #1c2431; --soft: #566071; --rule: #d9dce1; --grid: #e8eaee; --accent: #1d5f9e;
            --warn: #8a3b12; --warnback: #fdf1e7; --s0: #2a6db0; --s1: #c97a00; --s2: #12876a; --s3: #a4569f; --s4: #c4472b; --s5: #737d8c;
        """;

    private const string Dark = """
            color-scheme: dark; --paper: #11151b; --card: #1a2028; --ink: #e6eaf0; --soft: #a5afbd; --rule: #323b48; --grid: #28303b; --accent: #7db8f2;
            --warn: #ffc59b; --warnback: #33231a; --s0: #6aaef0; --s1: #eda23f; --s2: #4cc09d; --s3: #cf97d8; --s4: #ef7f62; --s5: #a0abba;
        """;

    public const string Style = $$"""

        :root { {{Light}} }
        @media (prefers-color-scheme: dark) { :root[data-theme=auto] { {{Dark}} } }
        :root[data-theme=dark] { {{Dark}} }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 72px; outline: none; }
        h1, h2, h3, .value { font-family: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Liberation Serif", serif; line-height: 1.2; font-weight: 600; overflow-wrap: anywhere; }
        h1 { font-size: 2.3rem; margin: 4px 0 8px; letter-spacing: -.01em; }
        h2 { font-size: 1.55rem; margin: 48px 0 12px; }
        h3 { font-size: 1.18rem; margin: 34px 0 10px; }
        p { margin: 0 0 12px; max-width: 74ch; overflow-wrap: anywhere; }
        a { color: var(--accent); }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
        .skip { position: absolute; left: -9999px; }
        .skip:focus { left: 12px; top: 8px; background: var(--card); padding: 6px 12px; }
        .bar { display: flex; justify-content: space-between; align-items: center; gap: 16px; }
        .kicker { margin: 0; color: var(--soft); font-size: .82rem; letter-spacing: .08em; text-transform: uppercase; }
        button { font: inherit; font-size: .85rem; color: var(--ink); background: var(--card); border: 1px solid var(--rule); border-radius: 999px; padding: 4px 14px; cursor: pointer; }
        .lead { font-size: 1.08rem; color: var(--soft); }
        .facts { display: flex; flex-wrap: wrap; gap: 8px 28px; margin: 14px 0; }
        .facts dt { color: var(--soft); font-size: .8rem; }
        .facts dd { margin: 0; font-size: .95rem; overflow-wrap: anywhere; }
        nav ul { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; margin: 18px 0 0; padding: 0; }
        nav a { display: block; border: 1px solid var(--rule); background: var(--card); border-radius: 999px; padding: 4px 14px; text-decoration: none; font-size: .9rem; overflow-wrap: anywhere; }
        nav a:hover { border-color: var(--accent); }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 14px; }
        .card, figure, .scroll { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
        .card { padding: 14px 16px; }
        .card p { margin: 0; }
        header + .note { margin-top: 22px; }
        .name { color: var(--soft); font-size: .85rem; }
        .value { font-size: 1.75rem; margin: 2px 0 !important; font-variant-numeric: lining-nums; }
        .remark { color: var(--soft); font-size: .85rem; line-height: 1.4; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 18px; margin: 16px 0; align-items: start; }
        .charts:empty { display: none; }
        figure { margin: 0; padding: 14px 16px 12px; min-width: 0; }
        figcaption { margin-bottom: 8px; overflow-wrap: anywhere; }
        figcaption strong { display: block; }
        figcaption .remark { display: block; }
        figure svg { display: block; width: 100%; max-width: 540px; height: auto; margin: 0 auto; overflow: visible; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 0 0 8px; padding: 0; font-size: .85rem; overflow-wrap: anywhere; }
        .key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 7px; vertical-align: -1px; background: currentColor; }
        .s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); } .s3 { color: var(--s3); } .s4 { color: var(--s4); } .s5 { color: var(--s5); }
        svg text { font-size: 12px; fill: var(--ink); font-variant-numeric: tabular-nums; }
        svg .tick, svg .name { fill: var(--soft); font-size: 12px; }
        svg .faint { fill: var(--soft); opacity: .75; }
        svg .axis { stroke: var(--soft); stroke-width: 1; }
        svg .grid { stroke: var(--grid); stroke-width: 1; }
        svg .guide { stroke: var(--soft); stroke-width: 1.2; stroke-dasharray: 5 4; }
        svg .line { fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
        svg .line.s1 { stroke-dasharray: 7 4; }
        svg .dot { fill: currentColor; stroke: var(--card); stroke-width: 1; }
        svg .hover { fill: transparent; }
        svg .point { fill: currentColor; fill-opacity: .6; stroke: var(--card); stroke-width: .6; }
        svg .dense { fill-opacity: .35; stroke: none; }
        svg .bar { fill: currentColor; stroke: var(--card); stroke-width: 1; }
        svg .cell { fill: currentColor; stroke: var(--rule); stroke-width: 1; }
        .scroll { overflow-x: auto; margin: 12px 0; }
        table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums lining-nums; }
        caption { text-align: left; color: var(--soft); font-size: .85rem; padding: 12px 16px 8px; }
        caption span { display: block; position: sticky; left: 16px; max-width: min(90ch, calc(100vw - 72px)); }
        th, td { padding: 8px 16px; text-align: left; vertical-align: top; border-top: 1px solid var(--grid); }
        thead th { color: var(--soft); font-weight: 500; font-size: .82rem; border-top: 0; border-bottom: 1px solid var(--rule); vertical-align: bottom; }
        tbody th { font-weight: 600; unicode-bidi: isolate; overflow-wrap: break-word; max-width: 22em; }
        td { unicode-bidi: isolate; }
        .number { text-align: right; white-space: nowrap; }
        .learned tbody { border-top: 1px solid var(--rule); }
        .learned td .remark { display: block; margin-top: 2px; max-width: 68ch; }
        .learned td { overflow-wrap: anywhere; }
        .learned tbody th { overflow-wrap: anywhere; min-width: 7.5em; }
        .exposed { color: var(--warn); font-weight: 600; }
        .note { background: var(--card); border: 1px solid var(--rule); border-left: 4px solid var(--soft); border-radius: 6px; padding: 10px 14px; max-width: none; }
        .warning { background: var(--warnback); border-left-color: var(--warn); }
        .warning strong { color: var(--warn); }
        details { margin: 10px 0; }
        summary { cursor: pointer; color: var(--accent); font-size: .9rem; padding: 4px 0; }
        .run { border-top: 2px solid var(--rule); margin-top: 52px; }
        .run h2 { margin-top: 28px; }
        @media (max-width: 560px) {
            main { padding: 18px 12px 48px; }
            h1 { font-size: 1.8rem; }
            .cards { grid-template-columns: 1fr 1fr; gap: 10px; }
            .card, figure { padding: 11px 12px; }
            .value { font-size: 1.4rem; }
            th, td { padding: 7px 10px; }
            caption { padding: 10px 10px 6px; }
            .learned { font-size: .85rem; }
            .learned, .learned caption, .learned thead, .learned tbody { display: block; }
            .learned tr { display: grid; grid-template-columns: minmax(0, 1fr) 4.6em 6.6em; }
            .learned tr * { min-width: 0; max-width: none; }
            .learned [scope=rowgroup], .learned thead th:first-child { grid-column: 1 / -1; }
            .learned [scope=rowgroup] { padding-bottom: 0; }
            .learned [scope=rowgroup] ~ td { border-top: 0; }
            .learned thead th { border-bottom: 0; padding-bottom: 2px; }
            .learned thead .number { white-space: normal; }
            svg text, svg .tick, svg .name { font-size: 13px; }
            caption span { left: 10px; max-width: calc(100vw - 48px); }
            .learned th, .learned td { padding: 7px 7px; }
        }
        @media print {
            :root, :root[data-theme] { {{Light}} --paper: #ffffff; }
            body { font-size: 11pt; }
            main { max-width: none; padding: 0; }
            button, .skip, nav { display: none; }
            figure, .card, tr, .note { break-inside: avoid; }
            h2, h3 { break-after: avoid; }
            .scroll { overflow: visible; }
            * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }
        @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }

        """;

    // Sets data-script to "ready" as its last act, so that a test sees whether it ran to its end.
    public const string Script = """

        (function () {
            'use strict';
            var root = document.documentElement, button = document.getElementById('theme');
            var system = window.matchMedia('(prefers-color-scheme: dark)');
            function isDark() { return root.dataset.theme === 'auto' ? system.matches : root.dataset.theme === 'dark'; }
            function show() { button.textContent = isDark() ? 'Light colours' : 'Dark colours'; }
            button.addEventListener('click', function () { root.dataset.theme = isDark() ? 'light' : 'dark'; show(); });
            system.addEventListener('change', show);
            button.hidden = false;
            show();
            root.dataset.script = 'ready';
        })();

        """;

    /// <summary>Nothing may be loaded; of style and script only the ones above run, whatever else got into the page.</summary>
    public static string ContentSecurityPolicy { get; } = $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'";

    private static string Hash(string content) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
