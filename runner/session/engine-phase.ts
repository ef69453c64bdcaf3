/** How far the page of a running engine has come. */
export type Page =
  /** A code to link a phone, or `ready`, must come within a deadline. */
  | 'loading'
  /** It shows codes to link a phone; a person may take any time. */
  | 'unlinked'
  /** A phone is linked and messages can be sent, unless the connection is lost. */
  | 'ready';

/** What a session does about its engine. An engine exists in `running`, and in `ending` until it is closed. */
export type Phase =
  /** No engine, and none starts by itself: not begun, logged out, or in conflict. */
  | { name: 'resting' }
  /** The profile is made ready; then the engine waits for its turn to start. */
  | { name: 'preparing' }
  | { name: 'running'; page: Page }
  /** The engine is closed in order, and another one follows. */
  | { name: 'replacing' }
  /** The engine failed; the next one starts after a pause. */
  | { name: 'retrying' }
  /** The lease is over and the engine was killed. None starts before the lease is this runner's again. */
  | { name: 'fenced' }
  /** The session ends on this runner: no further engine starts. `page` is null when none runs. */
  | { name: 'ending'; page: Page | null };

export const STEPS = [
  /** Bring an engine up. */
  'launch',
  /** An engine was made and starts now. */
  'open',
  /** The engine or its start failed, and another try is wanted. */
  'fail',
  /** The engine is closed for good: logged out, unpaired, or in conflict. */
  'rest',
  /** Close the engine, if there is one, and start another. */
  'replace',
  'fence',
  'unfence',
  /** The session ends on this runner. */
  'retire',
] as const;
export type Step = (typeof STEPS)[number];

const ANY_TIME = { fence: 'fenced', retire: 'ending' } as const;

/** A step that is not listed is refused: it comes too late, or is of no use in that phase. */
const TRANSITIONS: Readonly<Record<Phase['name'], Partial<Record<Step, Phase['name']>>>> = {
  resting: { ...ANY_TIME, launch: 'preparing', replace: 'replacing', rest: 'resting' },
  preparing: {
    ...ANY_TIME,
    open: 'running',
    fail: 'retrying',
    replace: 'replacing',
    rest: 'resting',
  },
  running: { ...ANY_TIME, fail: 'retrying', replace: 'replacing', rest: 'resting' },
  replacing: { ...ANY_TIME, launch: 'preparing', replace: 'replacing', rest: 'resting' },
  retrying: { ...ANY_TIME, launch: 'preparing', replace: 'replacing', rest: 'resting' },
  fenced: { unfence: 'resting', retire: 'ending' },
  ending: { fence: 'ending', rest: 'ending' },
};

/** The phase after a step, or null when the step is refused. Total and pure. */
export function nextPhase(phase: Phase, step: Step): Phase | null {
  const name = TRANSITIONS[phase.name][step];
  if (name === undefined) return null;
  if (name === 'running') return { name, page: 'loading' };
  if (name === 'ending') return { name, page: step === 'retire' ? pageOf(phase) : null };
  return { name };
}

/** How far the engine's page has come; null when no engine runs. */
export function pageOf(phase: Phase): Page | null {
  return phase.name === 'running' || phase.name === 'ending' ? phase.page : null;
}

/** The same phase with its page further on, or back; unchanged when no engine runs. */
export function withPage(phase: Phase, page: Page): Phase {
  if (phase.name === 'running') return { name: 'running', page };
  return pageOf(phase) === null ? phase : { name: 'ending', page };
}
