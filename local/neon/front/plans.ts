import { createHash } from 'node:crypto';

/** A connection that has prepared so many different texts is closed after use: plans take memory on both sides. */
const MOST = 500;

const PLANNED = /^\s*(select|insert|update|delete|merge|with)\b/i;

/** The statements that one connection has prepared, by names made from their text. */
export class Plans {
  readonly #names = new Set<string>();

  /** Name to prepare a statement under, or to run it by when it is prepared; undefined for one that has no plan. */
  nameOf(text: string): string | undefined {
    if (!PLANNED.test(text)) return undefined;
    const name = createHash('sha256').update(text).digest('base64url');
    this.#names.add(name);
    return name;
  }

  get full(): boolean {
    return this.#names.size >= MOST;
  }
}

/** PostgreSQL refuses a prepared statement whose columns an ALTER has changed since. Nothing of it has run then. */
export function isOutdatedPlan(error: unknown): boolean {
  return (
    error instanceof Error &&
    'routine' in error &&
    error.routine === 'RevalidateCachedQuery' &&
    'code' in error &&
    error.code === '0A000'
  );
}
