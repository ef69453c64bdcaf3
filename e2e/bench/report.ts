/**
 * One figure; `beside` is the same thing measured on something else in the same run. `goal` is the most that is wanted, `atLeast`
 * the least: of the figure, or of its ratio where `beside` has the goal.
 */
export type Row = {
  what: string;
  unit: string;
  actual: number;
  goal?: number;
  atLeast?: number;
  beside?: { what: string; actual: number; goal?: number };
};

const BAR_WIDTH = 420;
const LINE_HEIGHT = 44;

const ratio = ({ actual, beside }: Row): number =>
  beside === undefined ? 1 : actual / beside.actual;

/** The run as a table for reading and a picture of its ratios for looking. */
export function reportOf(
  rows: readonly Row[],
  run: { at: Date; machine: string },
): { markdown: string; svg: string } {
  const markdown = `# Bench, ${minuteOf(run.at)}

${run.machine}. Absolute figures belong to this machine; compare ratios.

${tableOf(rows)}
`;
  return { markdown, svg: drawRatios(rows.filter(({ beside }) => beside !== undefined)) };
}

/** `2026-11-29 09:21 UTC` */
export const minuteOf = (at: Date): string =>
  `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { what, unit, actual, beside, atLeast } = row;
    const compared =
      beside === undefined
        ? ['', '']
        : [`${beside.what}: ${beside.actual.toFixed(1)}`, ratio(row).toFixed(2)];
    const most = beside?.goal ?? row.goal;
    const goal = most !== undefined ? `≤ ${most}` : atLeast !== undefined ? `≥ ${atLeast}` : '';
    return `| ${what} | ${actual.toFixed(1)} ${unit} | ${compared[0]} | ${compared[1]} | ${goal} |`;
  });
  return `| what | actual | beside it, same run | ratio | goal |
|---|---|---|---|---|
${lines.join('\n')}`;
}

/** A bar a comparison: ours over theirs, with a line at 1. */
function drawRatios(rows: readonly Row[]): string {
  const largest = Math.max(1.2, ...rows.map(ratio));
  const scale = (value: number): number => (value / largest) * BAR_WIDTH;
  const bars = rows.map((row, index) => {
    const y = 40 + index * LINE_HEIGHT;
    const label = `${row.what} ÷ ${row.beside?.what ?? ''}`;
    return `<text x="10" y="${y}">${escapeXml(label)}</text>
<rect x="10" y="${y + 6}" width="${scale(ratio(row)).toFixed(1)}" height="14" fill="#1b7f5c"/>
<text x="${(16 + scale(ratio(row))).toFixed(1)}" y="${y + 18}">${ratio(row).toFixed(2)}</text>`;
  });
  const height = 50 + rows.length * LINE_HEIGHT;
  const one = (10 + scale(1)).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="620" height="${height}" font-family="sans-serif" font-size="12">
<rect width="620" height="${height}" fill="#ffffff"/>
<line x1="${one}" y1="24" x2="${one}" y2="${height - 10}" stroke="#999999" stroke-dasharray="4 3"/>
<text x="${one}" y="18" text-anchor="middle">1.0</text>
${bars.join('\n')}
</svg>
`;
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
