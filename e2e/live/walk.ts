import { z } from 'zod';
import { type ApiAnswer, type ApiClient } from '../testing/api-client.ts';
import type { Operation } from '../testing/covers.ts';
import type { Person } from './person.ts';
import { waitFor } from './wait.ts';

/** One call of the API, or a step without one. */
export type Entry = {
  step: string;
  operation: Operation | null;
  outcome: 'ok' | 'failed' | 'not seen' | 'skipped';
  /** Code and message of the error, or why it was skipped. */
  why: string | null;
  /** Until the answer, in milliseconds. */
  ms: number | null;
  /** A person has seen it on the phone. */
  seen: boolean;
};

/** This step cannot be tried here, for a reason that is no failure. */
export class Skipped extends Error {}
/** The failure is noted already. */
class Noted extends Error {}

export type Given = {
  api: ApiClient;
  session: { id: string; phoneNumber: string; isSandbox: boolean };
  /** Phone number of somebody else who takes part, in digits; null: messages go to the session's own number. */
  other: string | null;
  /** Link of a channel to look at and follow. */
  channel: string | null;
  person: Person;
  signal: AbortSignal;
  tell: (line: string) => void;
};

type Ask = { id?: string; query?: string; body?: Record<string, unknown>; wait?: number };

const Events = z.array(z.looseObject({ seq: z.number(), data: z.looseObject({}) }));
const ARRIVES_WITHIN_MS = 60_000;

/** What operations name by themselves, so that they take no `sessionId`. */
const NAMES_SESSION = /^\S+ \/v1\/(?:messages\/\{id\}|sessions\/\{id\}|media)/;

/** The walk through all steps: calls the API, notes what it answered, and remembers what has to be undone. */
export class Walk {
  readonly entries: Entry[] = [];
  readonly #undos: { what: string; run: () => Promise<unknown> }[] = [];
  #step = '';

  readonly given: Given;

  constructor(given: Given) {
    this.given = given;
  }

  /** The chat that messages go to. */
  get chatId(): string {
    return `${this.given.other ?? this.given.session.phoneNumber}@c.us`;
  }

  /** Calls an operation for the session. Notes the outcome, and ends the step when it is an error. */
  async call(operation: Operation, ask: Ask = {}): Promise<ApiAnswer> {
    const { api, signal } = this.given;
    signal.throwIfAborted();
    const [method = '', template = ''] = operation.split(' ');
    const path = template.replace('{id}', encodeURIComponent(ask.id ?? ''));
    const own = NAMES_SESSION.test(operation) ? {} : { sessionId: this.given.session.id };
    const inQuery = ask.body === undefined && (method === 'GET' || method === 'DELETE');
    const query = new URLSearchParams({ ...(inQuery ? own : {}), ...toPairs(ask.query) });
    const startedAt = performance.now();
    const answer = await api.call(method, query.size > 0 ? `${path}?${query.toString()}` : path, {
      ...(inQuery ? {} : { body: { ...own, ...ask.body } }),
      headers: ask.wait === undefined ? {} : { prefer: `wait=${ask.wait}` },
    });
    const ms = Math.round(performance.now() - startedAt);
    if (answer.status >= 300) {
      const { code, message } = answer.error();
      // Labels are of business accounts alone.
      const outcome = code === 'NOT_SUPPORTED' ? 'skipped' : 'failed';
      this.#note({ operation, outcome, why: `${code}: ${message}`, ms });
      throw new Noted();
    }
    this.#note({ operation, outcome: 'ok', ms });
    return answer;
  }

  /** The same, and its answer's data. */
  async ask<S extends z.ZodType>(
    operation: Operation,
    schema: S,
    ask: Ask = {},
  ): Promise<z.infer<S>> {
    const answer = await this.call(operation, ask);
    const data = schema.safeParse(answer.data(z.unknown()));
    if (!data.success)
      return this.fails(
        `the answer has another shape at ${data.error.issues.map(({ path }) => path.join('.')).join(', ')}`,
      );
    return data.data;
  }

  /** The last call did not do what it should have. */
  fails(why: string): never {
    const last = this.entries.at(-1);
    if (last !== undefined) Object.assign(last, { outcome: 'failed', why });
    throw new Noted();
  }

  /** @throws when what was read back is not as it should be */
  expect(isSo: boolean, why: string): void {
    if (!isSo) this.fails(why);
  }

  /** Asks the person whether the phone shows it. */
  async see(question: string): Promise<void> {
    const word = await this.given.person.confirms(question);
    const last = this.entries.at(-1);
    if (last === undefined || word === 'skip') return;
    if (word === 'yes') last.seen = true;
    else Object.assign(last, { outcome: 'not seen', why: question });
  }

  /**
   * The data of the first event of a type after `cause`.
   * @param cause false when nobody causes one, which ends the step
   */
  async eventAfter(type: string, cause: () => Promise<boolean>): Promise<Record<string, unknown>> {
    const { api, session, signal } = this.given;
    await this.call('GET /v1/events', { query: `types=${type}&limit=1` });
    let last = 0;
    const later = async () => {
      const query = `types=${type}&limit=100&after=${last}&sessionId=${session.id}`;
      return (await api.call('GET', `/v1/events?${query}`)).data(Events);
    };
    for (let page = await later(); page.length > 0; page = await later())
      last = page.at(-1)?.seq ?? last;
    if (!(await cause())) throw new Skipped('it needs a person with another phone');
    const first = async () => (await later())[0];
    const found = await waitFor(signal, `a ${type} event`, first, ARRIVES_WITHIN_MS);
    return found.data;
  }

  undo(what: string, run: () => Promise<unknown>): void {
    this.#undos.push({ what, run });
  }

  /** Runs one step, whatever becomes of it; only Ctrl-C passes on. */
  async run(title: string, consent: string | undefined, step: () => Promise<void>): Promise<void> {
    this.#step = title;
    const before = this.entries.length;
    try {
      if (consent !== undefined && !this.given.session.isSandbox)
        if ((await this.given.person.confirms(consent)) !== 'yes') throw new Skipped('not allowed');
      await step();
    } catch (error) {
      if (this.given.signal.aborted) throw error;
      if (error instanceof Skipped)
        this.#note({ operation: null, outcome: 'skipped', why: error.message, ms: null });
      else if (!(error instanceof Noted))
        this.#note({ operation: null, outcome: 'failed', why: String(error), ms: null });
    }
    for (const entry of this.entries.slice(before)) this.given.tell(shown(entry));
  }

  /** Undoes what the steps left behind, the last first. */
  async cleanUp(): Promise<void> {
    for (const { what, run } of this.#undos.splice(0).toReversed())
      try {
        await run();
      } catch (error) {
        this.given.tell(`  could not ${what}: ${String(error)}`);
      }
  }

  #note(entry: Pick<Entry, 'operation' | 'outcome' | 'ms'> & { why?: string }): void {
    this.entries.push({ why: null, seen: false, ...entry, step: this.#step });
  }
}

const toPairs = (query: string | undefined) => Object.fromEntries(new URLSearchParams(query ?? ''));

const shown = ({ operation, outcome, why, ms }: Entry): string =>
  `  ${outcome.padEnd(8)} ${operation ?? ''}${ms === null ? '' : ` (${ms} ms)`}${why === null ? '' : ` ${why}`}`;
