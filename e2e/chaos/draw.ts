import { percentile } from '../testing/stats.ts';
import { type KindOfFault, mean, percent, seconds } from './figures.ts';
import type { ChaosReport } from './run.ts';

const WIDTH = 760;
const ROW = 26;
const LEFT = 130;
const PLOT = 420;
const RIGHT = LEFT + PLOT;
const GREEN = '#1b7f5c';
const GREY = '#eeeeee';

/** Two pictures over each other: share of time online by seed, and times to recover by kind of fault. */
export function drawReport(reports: readonly ChaosReport[], kinds: readonly KindOfFault[]): string {
  const second = 60 + reports.length * ROW + 40;
  const height = second + 30 + kinds.length * ROW + 30;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="10" y="22" font-weight="bold">Share of the wanted time online: bar, the mean of the sessions; line, the worst</text>
${reports.map((report, index) => shareRow(report, 40 + index * ROW)).join('\n')}
<text x="10" y="${second}" font-weight="bold">From the fault until online again, one dot a session; line, the median</text>
${drawRecoveries(kinds, second + 18)}
</svg>
`;
}

function shareRow({ seed, online, longestAwayMs }: ChaosReport, y: number): string {
  const worst = LEFT + Math.min(...online) * PLOT;
  return `<text x="10" y="${y + 13}">seed ${seed}</text>
<rect x="${LEFT}" y="${y}" width="${PLOT}" height="16" fill="${GREY}"/>
<rect x="${LEFT}" y="${y}" width="${(mean(online) * PLOT).toFixed(1)}" height="16" fill="${GREEN}"/>
<line x1="${worst.toFixed(1)}" y1="${y - 2}" x2="${worst.toFixed(1)}" y2="${y + 18}" stroke="#b3261e" stroke-width="2"/>
<text x="${RIGHT + 10}" y="${y + 13}">${percent(mean(online))}, longest away ${seconds(longestAwayMs)}</text>`;
}

function drawRecoveries(kinds: readonly KindOfFault[], top: number): string {
  const longest = Math.max(1_000, ...kinds.flatMap(({ away }) => away));
  const step = tickOf(longest);
  const end = Math.ceil(longest / step) * step;
  const x = (ms: number): string => (LEFT + (ms / end) * PLOT).toFixed(1);
  const bottom = top + kinds.length * ROW;
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_nothing, index) => {
    const at = x(index * step);
    return `<line x1="${at}" y1="${top}" x2="${at}" y2="${bottom}" stroke="#dddddd"/>
<text x="${at}" y="${bottom + 15}" text-anchor="middle" fill="#555555">${(index * step) / 1000} s</text>`;
  });
  const rows = kinds.map(({ kind, times, away }, index) => {
    const y = top + index * ROW + 13;
    const label = `<text x="10" y="${y + 4}">${kind} × ${times}</text>`;
    if (away.length === 0)
      return `${label}
<text x="${RIGHT + 10}" y="${y + 4}" fill="#555555">nobody seen away</text>`;
    const middle = percentile(away, 0.5);
    const dots = away.map(
      (ms) => `<circle cx="${x(ms)}" cy="${y}" r="4" fill="${GREEN}" fill-opacity="0.45"/>`,
    );
    return `${label}
${dots.join('')}
<line x1="${x(middle)}" y1="${y - 9}" x2="${x(middle)}" y2="${y + 9}" stroke="#222222" stroke-width="2"/>
<text x="${RIGHT + 10}" y="${y + 4}">p50 ${seconds(middle)}, worst ${seconds(Math.max(...away))}</text>`;
  });
  return [...ticks, ...rows].join('\n');
}

/** A round number of ms that cuts the axis into at most eight. */
const tickOf = (longest: number): number =>
  [500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000].find((step) => longest / step <= 8) ??
  120_000;
