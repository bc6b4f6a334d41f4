namespace Trainctl.Review.Html;

/// <summary>How the page looks, on a screen and on paper.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --ground: #ffffff; --text: #1c2026; --faint: #5d6673; --line: #d8dde4; --panel: #f4f6f9;
          --good: #2f6fb3; --good-text: #ffffff; --bad: #b3372f; --bad-text: #ffffff; --wait: #946400; --wait-text: #ffffff; }
        @media (prefers-color-scheme: dark) { :root { --ground: #14171c; --text: #e6e9ee; --faint: #9aa4b2; --line: #333a45; --panel: #1d222a;
          --good: #4d90d6; --good-text: #08121d; --bad: #e0645b; --bad-text: #1d0806; --wait: #d1a13a; --wait-text: #1a1203; } }
        @media print { :root { color-scheme: light; --ground: #ffffff; --text: #000000; --faint: #444444; --line: #bbbbbb; --panel: #ffffff;
          --good: #2f6fb3; --good-text: #ffffff; --bad: #b3372f; --bad-text: #ffffff; --wait: #946400; --wait-text: #ffffff; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--ground); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        h1 { font-size: 1.4rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
        code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
        .cards { display: flex; flex-wrap: wrap; gap: .75rem; }
        .card { flex: 1 1 8rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--panel); }
        .card b { display: block; white-space: nowrap; font-size: 1.35rem; font-weight: 600; }
        .card span { color: var(--faint); font-size: .85rem; }
        .card.bad b { color: var(--bad); }
        .failed { border: 2px solid var(--bad); border-radius: .5rem; padding: .25rem 1rem; margin-bottom: 1rem; overflow-wrap: anywhere; }
        .failed h2 { margin: .5rem 0; color: var(--bad); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .88rem; }
        th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        th { color: var(--faint); font-weight: 600; white-space: nowrap; }
        td { overflow-wrap: anywhere; }
        .n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        .notes { padding-left: 1.2rem; overflow-wrap: anywhere; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--text); }
        svg .axis { fill: var(--faint); }
        svg .grid { stroke: var(--line); stroke-width: 1; }
        svg .area { fill: var(--good); fill-opacity: .18; }
        svg .edge { fill: none; stroke: var(--good); stroke-width: 2; stroke-linejoin: round; }
        svg .run { fill: var(--panel); stroke: var(--line); }
        svg .unit { stroke: var(--ground); stroke-width: 1; }
        svg .complete { fill: var(--good); } svg .complete-text { fill: var(--good-text); }
        svg .incomplete { fill: var(--bad); } svg .incomplete-text { fill: var(--bad-text); }
        svg .flight { fill: var(--wait); } svg .flight-text { fill: var(--wait-text); }
        .legend { color: var(--faint); font-size: .85rem; margin: .4rem 0 0; }
        .legend i { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; border-radius: .15em; vertical-align: -.05em; }
        .legend i:first-child { margin-left: 0; }
        footer { margin-top: 2rem; color: var(--faint); font-size: .85rem; }
        @media print { body { padding: 0; max-width: none; font-size: 9pt; } .card { flex-basis: 5rem; padding: .4rem .6rem; } section { break-inside: avoid-page; } .scroll { overflow: visible; }
          * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }

        """;
}
