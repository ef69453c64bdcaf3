import { percentile } from '../testing/stats.ts';
import { drawReport } from './draw.ts';
import { byKind, mean, percent, seconds } from './figures.ts';
import type { ChaosReport } from './run.ts';

/** The runs as tables, and a picture of how much of the time sessions were online and how long coming back took. */
export function reportOf(reports: readonly ChaosReport[]): { markdown: string; svg: string } {
  const total = (of: (report: ChaosReport) => number): number =>
    reports.reduce((sum, report) => sum + of(report), 0);
  const findings = reports.flatMap(({ seed, findings: found }) =>
    found.map(({ rule, what }) => `- seed ${seed}: ${rule}: ${what}`),
  );
  const runs = reports.map((report) => [
    report.seed,
    report.faults.length,
    report.sent,
    report.received,
    report.unknown,
    report.eventsLost,
    report.duplicateSends,
    report.resumed,
    percent(mean(report.online)),
    percent(Math.min(...report.online)),
    percent(report.silent),
    percent(mean(report.connected)),
    seconds(report.longestAwayMs),
    report.findings.length,
  ]);
  const every = (of: (report: ChaosReport) => readonly number[]): number[] => reports.flatMap(of);
  const all = [
    'all',
    total(({ faults }) => faults.length),
    total(({ sent }) => sent),
    total(({ received }) => received),
    total(({ unknown }) => unknown),
    total((report) => report.eventsLost),
    total((report) => report.duplicateSends),
    total(({ resumed }) => resumed),
    percent(mean(every(({ online }) => online))),
    percent(Math.min(...every(({ online }) => online))),
    percent(mean(reports.map(({ silent }) => silent))),
    percent(mean(every(({ connected }) => connected))),
    seconds(Math.max(...reports.map(({ longestAwayMs }) => longestAwayMs))),
    findings.length,
  ];
  const kinds = byKind(reports).map(({ kind, times, away }) => [
    kind,
    times,
    away.length,
    away.length === 0 ? '' : seconds(percentile(away, 0.5)),
    away.length === 0 ? '' : seconds(Math.max(...away)),
  ]);
  const markdown = `# Chaos

Share of the time in which sessions were wanted: *online* as the API showed it (what nobody could see counts as away), *silent* when
the API gave no answer, *connected* as the simulated WhatsApp saw it.

${table(
  [
    'seed',
    'faults',
    'sent',
    'received',
    'unknown',
    'events lost',
    'sent twice',
    'readers resumed',
    'online',
    'worst session',
    'silent',
    'connected',
    'longest away',
    'findings',
  ],
  [...runs, all],
)}

From the fault until the API showed the session online again, of the times that it was seen away:

${table(['fault', 'struck', 'sessions away', 'p50', 'worst'], kinds)}
${findings.length === 0 ? '' : `\n${findings.join('\n')}\n`}`;
  return { markdown, svg: drawReport(reports, byKind(reports)) };
}

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
