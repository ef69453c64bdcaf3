import { masked } from './mask.ts';
import type { Entry } from './walk.ts';

export type About = {
  at: Date;
  /** Build of WhatsApp Web. */
  page: string;
  /** Version of whatsapp-web.js. */
  library: string;
  /** Profile of the sandbox; null for a real phone. */
  sandbox: string | null;
  /** Whether the walk came to its end. */
  isWhole: boolean;
};

const WORST_FIRST = ['failed', 'not seen', 'ok', 'skipped'] as const;

const cell = (text: string): string => masked(text).replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
const why = ({ step, why: reason, seen }: Entry): string =>
  cell(reason ?? (seen ? `${step}: seen on the phone` : step));

/** One row for each operation that was called, with the worst outcome and the longest time. */
function rowOf(operation: string, entries: readonly Entry[]): string {
  const worst = WORST_FIRST.flatMap((outcome) =>
    entries.filter((entry) => entry.outcome === outcome),
  )[0];
  if (worst === undefined) return '';
  const ms = Math.max(...entries.map((entry) => entry.ms ?? 0));
  return `| \`${operation}\` | ${worst.outcome} | ${ms} | ${why(worst)} |`;
}

/** The report as Markdown, without numbers, names or texts of anybody. */
export function reportOf(entries: readonly Entry[], about: About): string {
  const byOperation = Map.groupBy(
    entries.filter((entry) => entry.operation !== null),
    ({ operation }) => String(operation),
  );
  const rows = [...byOperation].map(([operation, all]) => rowOf(operation, all));
  const drift = entries.filter(({ outcome }) => outcome === 'failed' || outcome === 'not seen');
  const skipped = entries.filter(({ outcome }) => outcome === 'skipped');
  const list = (all: readonly Entry[], line: (entry: Entry) => string) =>
    all.length === 0 ? 'Nothing.' : all.map((entry) => `- ${line(entry)}`).join('\n');
  return `# What WhatsApp Web answered on ${about.at.toISOString().slice(0, 10)}

Written by \`npm run smoke:live\`${about.isWhole ? '' : ', which was stopped before its end'}.

| | |
|---|---|
| WhatsApp Web | ${about.page} |
| whatsapp-web.js | ${about.library} |
| account | ${about.sandbox === null ? 'a real phone' : `the sandbox, profile ${about.sandbox}`} |

## Drift

What the sandbox does, and this page did not:

${list(drift, (entry) => `${entry.step}: ${entry.operation === null ? '' : `\`${entry.operation}\` `}${entry.outcome}. ${cell(entry.why ?? '')}`)}

## Not tried

${list(skipped, (entry) => `${entry.step}: ${cell(entry.why ?? '')}`)}

## All operations

| operation | result | ms | |
|---|---|--:|---|
${rows.join('\n')}
`;
}
