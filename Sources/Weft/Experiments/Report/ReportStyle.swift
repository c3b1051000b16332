// How a report looks: on light and dark screens, and on paper.

/// The style sheet of a report. The first colors of lines are those of M. Okabe and K. Ito, "Color universal design",
/// 2008, which people with any color vision tell apart, darker or lighter where they would not stand out well.
enum ReportStyle {
    /// The style sheet's text.
    static let text = """
        :root {
          color-scheme: light dark;
          --ground: #fdfdfc; --panel: #ffffff; --text: #1c2024; --soft: #60646c; --rule: #e6e6e2; --strong: #b9bbc0;
          --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b3578f; --s4: #7d7a00; --s5: #5b5fc7; --s6: #44474d;
          --s7: #7a4f2b;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #141618; --panel: #191c1f; --text: #e8e8e5; --soft: #a0a4ab; --rule: #2b2f33; --strong: #5a5f66;
            --s0: #4ea8de; --s1: #f08a4b; --s2: #2fc598; --s3: #dd93c0; --s4: #e5d352; --s5: #a5a6f6; --s6: #c4c7cc;
            --s7: #c29a75;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 1248px; padding: 48px 32px 64px; background: var(--ground); color: var(--text);
          font: 16px/1.5 "Inter", "Helvetica Neue", "Segoe UI", Roboto, Arial, sans-serif;
          font-variant-numeric: tabular-nums;
        }
        h1 { margin: 0; font-size: 32px; line-height: 1.2; letter-spacing: -0.015em; font-weight: 650; overflow-wrap: anywhere; }
        h2 { margin: 56px 0 8px; font-size: 21px; letter-spacing: -0.01em; font-weight: 650; }
        h3 { margin: 0; font-size: 15px; font-weight: 600; }
        p { max-width: 76ch; margin: 0 0 12px; }
        a { color: var(--s0); text-decoration: none; }
        a:hover { text-decoration: underline; }
        .note { max-width: 100ch; color: var(--soft); font-size: 14px; margin-bottom: 20px; }
        .axes { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 24px; margin: 10px 0 0; padding: 0; color: var(--soft); }
        .axes b { color: var(--text); font-weight: 600; margin-right: 3px; }
        .facts { display: flex; flex-wrap: wrap; gap: 14px 44px; margin: 24px 0 0; padding: 16px 0; border: solid var(--rule); border-width: 1px 0; }
        .facts dt { color: var(--soft); font-size: 13px; line-height: 1.3; }
        .facts dd { margin: 0; font-size: 19px; font-weight: 600; overflow-wrap: anywhere; }
        nav { display: flex; gap: 20px; margin-top: 14px; font-size: 14px; }
        .legend { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 18px; margin: 0 0 12px; font-size: 14px; }
        .legend span { color: var(--soft); }
        .legend ul { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 0; padding: 0; }
        .legend li { display: flex; align-items: center; gap: 7px; }
        .legend svg { width: 28px; height: 16px; }
        .plots { display: grid; grid-template-columns: repeat(6, 1fr); gap: 20px; }
        .plot { grid-column: span 2; margin: 0; padding: 16px 18px 10px; background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; break-inside: avoid; }
        .plot.wide { grid-column: span 3; }
        .plot svg { display: block; width: 100%; height: auto; margin-top: 4px; }
        .plot figcaption { color: var(--soft); font-size: 13px; }
        .plot text { font-size: 12.5px; fill: var(--soft); }
        .end { text-anchor: end; }
        .middle { text-anchor: middle; }
        .rule { stroke: var(--rule); }
        .axis { stroke: var(--strong); }
        .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
        .bar { fill: none; stroke: var(--c); stroke-width: 1.3; opacity: 0.75; }
        .mark { fill: var(--c); stroke: var(--panel); stroke-width: 1.2; }
        .legend .mark { stroke: var(--ground); }
        .mark:hover { stroke: var(--text); }
        .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
        .s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); } .s7 { --c: var(--s7); }
        .sheets { display: flex; flex-wrap: wrap; gap: 0 32px; margin: 28px 0 0; }
        .sheets h3 { width: 100%; font-size: 17px; padding-bottom: 4px; border-bottom: 1px solid var(--rule); }
        .scroll { max-width: 100%; overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13px; line-height: 1.35; }
        th { font-weight: 600; text-align: left; }
        .sheet { margin: 10px 0 18px; }
        .sheet caption { text-align: left; padding: 4px 0; font-size: 14px; font-weight: 600; }
        .sheet thead th { color: var(--soft); font-weight: 400; font-size: 12px; padding: 0 0 4px 6px; white-space: nowrap; }
        .sheet thead th[scope=colgroup] { color: var(--text); font-size: 13px; font-weight: 600; }
        .sheet thead th:first-child { padding-left: 0; }
        .sheet tbody th { width: 132px; min-width: 108px; padding: 0 8px 12px 0; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
        .sheet td { padding: 0 0 12px 6px; vertical-align: top; }
        .sheet .first, .sheet thead .first, .sheet thead th[scope=colgroup] + th { padding-left: 18px; }
        .sheet figure { margin: 0; width: var(--side); }
        .sheet img { display: block; width: var(--side); height: auto; border-radius: 3px; background: var(--rule); cursor: zoom-in; }
        .sheet img:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
        .sheet figcaption { margin-top: 3px; color: var(--soft); font-size: 11px; line-height: 1.3; white-space: nowrap; }
        .none { display: grid; place-items: center; width: var(--side); height: var(--side); border: 1px dashed var(--strong); border-radius: 3px; color: var(--soft); font-size: 11px; }
        .numbers { width: 100%; }
        .numbers th, .numbers td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
        .numbers thead th { border-bottom-color: var(--strong); vertical-align: bottom; white-space: normal; }
        .numbers td, .numbers thead th:not(.key) { text-align: right; }
        .numbers th:last-child, .numbers td:last-child { padding-right: 0; }
        .numbers tbody th { font-weight: 400; }
        .numbers small { color: var(--soft); font-size: 12px; }
        .numbers tbody tr:hover { background: var(--panel); }
        pre { margin: 0 0 20px; padding: 14px 16px; background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; font-size: 13px; white-space: pre-wrap; overflow-wrap: anywhere; }
        .meanings, .prompts { display: grid; grid-template-columns: max-content minmax(0, 76ch); gap: 6px 24px; margin: 0; font-size: 14px; }
        .meanings dt, .prompts dt { font-weight: 600; }
        .meanings dd, .prompts dd { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
        dialog { max-width: min(92vw, 720px); padding: 20px; background: var(--panel); color: var(--text); border: 1px solid var(--rule); border-radius: 10px; cursor: zoom-out; }
        dialog:focus { outline: none; }
        dialog::backdrop { background: rgb(0 0 0 / 0.6); }
        dialog img { display: block; width: min(76vh, 100%); min-width: 256px; height: auto; margin: 0 auto; border-radius: 4px; }
        dialog p { margin: 12px 0 0; font-size: 14px; }
        @media (max-width: 900px) {
          body { padding: 32px 20px; }
          .plots .plot { grid-column: 1 / -1; }
          .plot svg { max-width: 440px; }
          .plot.wide svg { max-width: 580px; }
        }
        @media print {
          :root {
            color-scheme: light; --ground: #fff; --panel: #fff; --text: #000; --soft: #555; --rule: #ddd; --strong: #999;
            --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #b3578f; --s4: #7d7a00; --s5: #5b5fc7; --s6: #44474d;
            --s7: #7a4f2b;
          }
          body { max-width: none; padding: 0; font-size: 11pt; }
          nav, dialog { display: none; }
          .scroll { overflow: visible; }
          .plots { gap: 10px; }
          .sheets { display: block; }
          .plots .plot { grid-column: span 2; padding: 8px; }
          .plots .plot.wide { grid-column: span 3; }
          .sheet figure, .sheet img, .none { width: calc(var(--side) * 0.57); }
          .none { height: calc(var(--side) * 0.57); font-size: 8px; }
          .sheet figcaption { font-size: 7.5px; }
          .numbers { font-size: 8.5px; }
          .numbers small { font-size: 7.5px; }
          .numbers th, .numbers td { padding-right: 6px; }
          tr, h2, h3 { break-inside: avoid; }
          h2, h3, caption { break-after: avoid; }
        }

        """
}
