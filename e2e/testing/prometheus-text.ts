/** A scraped family. */
export type Family = { help: string | null; type: string | null; samples: number };

const NAME = String.raw`[a-zA-Z_:][a-zA-Z0-9_:]*`;
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const COMMENT = new RegExp(String.raw`^# (HELP|TYPE) (${NAME}) (.*)$`);
const SAMPLE = new RegExp(
  String.raw`^(${NAME})(?:\{(${LABEL}(?:,${LABEL})*)\})? ([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$`,
);

/**
 * Reads Prometheus' text format 0.0.4 as strictly as its own parser: each line is HELP, TYPE or a sample, a family stands
 * together, HELP and TYPE come before its samples, and no sample is there twice.
 */
export function parsePrometheusText(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, described, rest] = COMMENT.exec(line) ?? [];
    const [, sampled, labels] = keyword === undefined ? (SAMPLE.exec(line) ?? []) : [];
    const name = described ?? sampled;
    if (name === undefined) throw new Error(`not a line of the format: ${line}`);
    if (name !== current && families.has(name)) throw new Error(`${name} is torn apart`);
    current = name;
    const family = families.get(name) ?? { help: null, type: null, samples: 0 };
    families.set(name, family);
    if (keyword !== undefined && family.samples > 0)
      throw new Error(`${keyword} of ${name} comes after its samples`);
    if (keyword === 'HELP') family.help = rest ?? '';
    else if (keyword === 'TYPE') family.type = rest ?? '';
    else {
      const sample = `${name}{${labels ?? ''}}`;
      if (seen.has(sample)) throw new Error(`${sample} is there twice`);
      seen.add(sample);
      family.samples += 1;
    }
  }
  return families;
}
