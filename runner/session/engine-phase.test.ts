import { describe, expect, it } from 'vitest';
import { nextPhase, pageOf, STEPS, withPage, type Page, type Phase } from './engine-phase.ts';

const SHORT: Record<string, Phase['name']> = {
  rs: 'resting',
  pr: 'preparing',
  ru: 'running',
  rp: 'replacing',
  rt: 'retrying',
  fe: 'fenced',
  en: 'ending',
};

// A dot is a step that is refused.
//            launch open fail rest replace fence unfence retire
const EXPECTED: Record<Phase['name'], string> = {
  resting: '  pr     .    .    rs   rp      fe    .       en',
  preparing: '.      ru   rt   rs   rp      fe    .       en',
  running: '  .      .    rt   rs   rp      fe    .       en',
  replacing: 'pr     .    .    rs   rp      fe    .       en',
  retrying: ' pr     .    .    rs   rp      fe    .       en',
  fenced: '   .      .    .    .    .       .     rs      en',
  ending: '   .      .    .    en   .       en    .       .',
};

const PAGES: Page[] = ['loading', 'unlinked', 'ready'];
const PHASES: Phase[] = [
  ...(['resting', 'preparing', 'replacing', 'retrying', 'fenced'] as const).map((name) => ({
    name,
  })),
  ...PAGES.map((page) => ({ name: 'running' as const, page })),
  ...[...PAGES, null].map((page) => ({ name: 'ending' as const, page })),
];

describe.each(PHASES)('phase %o', (phase) => {
  const columns = EXPECTED[phase.name].trim().split(/\s+/);

  it.each(STEPS.map((step, index) => ({ step, to: SHORT[columns[index] ?? ''] ?? null })))(
    '$step leads to $to',
    ({ step, to }) => {
      const next = nextPhase(phase, step);
      expect(next?.name ?? null).toBe(to);
      // An engine is kept by `retire` alone, and every new one begins to load.
      if (next === null) return;
      const page = step === 'open' ? 'loading' : step === 'retire' ? pageOf(phase) : null;
      expect(pageOf(next)).toBe(page);
    },
  );

  it.each(PAGES)('comes to page %s only where an engine runs', (page) => {
    const next = withPage(phase, page);
    expect(next.name).toBe(phase.name);
    expect(pageOf(next)).toBe(pageOf(phase) === null ? null : page);
  });
});

it('leads nowhere from the end, and out of a fence only by the lease', () => {
  const leaving = (name: 'fenced' | 'ending') =>
    STEPS.filter((step) => {
      const next = nextPhase(name === 'ending' ? { name, page: null } : { name }, step);
      return next !== null && next.name !== name;
    });
  expect(leaving('ending')).toEqual([]);
  expect(leaving('fenced')).toEqual(['unfence', 'retire']);
});
