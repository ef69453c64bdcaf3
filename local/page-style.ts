/** The pages' stylesheet: light and dark by the reader's preference, system fonts, nothing loaded. */
export const STYLE = `
:root { color-scheme: light dark;
  --bg: #f6f7f8; --card: #fff; --line: #e1e4e8; --text: #14181d; --soft: #5b6570;
  --accent: #0b7a5e; --code: #f1f3f5;
  --good: #0a6b3d; --good-bg: #dcf5e7; --bad: #a1191f; --bad-bg: #fde4e5;
  --warn: #7a4b00; --warn-bg: #fdf0d5; --plain-bg: #eceff2; }
@media (prefers-color-scheme: dark) { :root {
  --bg: #0f1316; --card: #171c21; --line: #2a3138; --text: #e7ebef; --soft: #98a3ae;
  --accent: #4fd1a5; --code: #11161a;
  --good: #7ee2ad; --good-bg: #12321f; --bad: #ff9a9e; --bad-bg: #3d1719;
  --warn: #f3c878; --warn-bg: #38280b; --plain-bg: #242b32; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header { display: flex; align-items: baseline; gap: .75rem; flex-wrap: wrap; }
h1 { font-size: 1.35rem; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
a { color: var(--accent); } a.home { text-decoration: none; font-weight: 600; }
.soft { color: var(--soft); }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86em; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem;
  padding: .9rem 1.1rem; margin: 1rem 0 1.5rem; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.list > * + * { margin-top: .5rem; }
details summary { display: grid; grid-template-columns: 9ch minmax(0, 1fr) auto auto; gap: .9rem;
  align-items: center; padding: .65rem 1.1rem; cursor: pointer; list-style: none; }
details summary::-webkit-details-marker { display: none; }
details summary:hover { background: var(--code); border-radius: 10px; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 10px; }
.type { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.type small { font-weight: 400; color: var(--soft); margin-left: .5rem; }
.chips { display: flex; gap: .35rem; justify-content: flex-end; }
.chip { font-size: .76rem; font-weight: 600; padding: .1rem .5rem; border-radius: 99px;
  background: var(--plain-bg); color: var(--soft); white-space: nowrap; }
.good { background: var(--good-bg); color: var(--good); } .bad { background: var(--bad-bg); color: var(--bad); }
.warn { background: var(--warn-bg); color: var(--warn); }
.inside { border-top: 1px solid var(--line); padding: .9rem 1.1rem 1.1rem; }
.inside h2 { font-size: .78rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: .9rem 0 .4rem; }
.inside h2:first-child { margin-top: 0; }
pre { margin: 0; padding: .8rem 1rem; background: var(--code); border: 1px solid var(--line);
  border-radius: 8px; overflow: auto; max-height: 28rem; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td { padding: .12rem .8rem .12rem 0; vertical-align: top; }
td:first-child { color: var(--soft); white-space: nowrap; } td:last-child { overflow-wrap: anywhere; }
.row { display: flex; justify-content: space-between; gap: 1rem; padding: .8rem 1.1rem; text-decoration: none; color: inherit; }
.row:hover { border-color: var(--accent); }
.empty { padding: 2.5rem 1.1rem; text-align: center; color: var(--soft); }
#live { margin-left: auto; font-size: .8rem; }
.fresh { animation: fresh 1.6s ease-out; } @keyframes fresh { from { border-color: var(--accent); } }
@media (prefers-reduced-motion: reduce) { .fresh { animation: none; } }
@media (max-width: 40rem) {
  details summary { grid-template-columns: auto minmax(0, 1fr) auto; gap: .4rem .9rem; }
  .type { grid-area: 1 / 1 / 2 / 3; } summary > .chip { grid-area: 1 / 3; }
  summary > time { grid-area: 2 / 1; } summary > .chips { grid-area: 2 / 2 / 3 / 4; flex-wrap: wrap; } }
`;
