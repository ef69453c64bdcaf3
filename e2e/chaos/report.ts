import type { ChaosReport } from './run.ts';

const WIDTH = 640;
const ROW = 26;

/** The runs as a table, and a picture of how much of the time sessions were online and how long coming back took. */
export function reportOf(reports: readonly ChaosReport[]): { markdown: string; svg: string } {
  const total = (of: (report: ChaosReport) => number): number =>
    reports.reduce((sum, report) => sum + of(report), 0);
  const lines = reports.map(
    (report) =>
      `| ${report.seed} | ${report.faults.length} | ${report.sent} | ${report.received} | ${report.unknown} | ${(report.onlineShare * 100).toFixed(1)} % | ${(report.longestAwayMs / 1000).toFixed(1)} s | ${report.findings.length} |`,
  );
  const findings = reports.flatMap(({ seed, findings: found }) =>
    found.map(({ rule, what }) => `- seed ${seed}: ${rule}: ${what}`),
  );
  const markdown = `# Chaos

| seed | faults | sent | received | unknown | online while faults struck | longest away | findings |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}
| all | ${total((r) => r.faults.length)} | ${total((r) => r.sent)} | ${total((r) => r.received)} | ${total((r) => r.unknown)} | | | ${findings.length} |
${findings.length === 0 ? '' : `\n${findings.join('\n')}\n`}`;
  return { markdown, svg: draw(reports) };
}

function draw(reports: readonly ChaosReport[]): string {
  const rows = reports.map(({ seed, onlineShare, longestAwayMs }, index) => {
    const y = 40 + index * ROW;
    const width = onlineShare * 400;
    return `<text x="10" y="${y + 13}">seed ${seed}</text>
<rect x="80" y="${y}" width="400" height="16" fill="#eeeeee"/>
<rect x="80" y="${y}" width="${width.toFixed(1)}" height="16" fill="#1b7f5c"/>
<text x="490" y="${y + 13}">${(onlineShare * 100).toFixed(1)} %, away ${(longestAwayMs / 1000).toFixed(1)} s</text>`;
  });
  const height = 50 + reports.length * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="10" y="22">Share of time online while faults struck</text>
${rows.join('\n')}
</svg>
`;
}
