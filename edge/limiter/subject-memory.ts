import type { Country } from '../../shared/recipient.ts';

const MAX_ENTRIES = 10_000;

/** What never changes of a session: whose it is, and the key that its wire ids are derived with. */
export type SessionOrigin = { workspaceId: string; sessionKey: string };

/**
 * What one isolate remembers of those it served, so that a request takes one upstream step: whose login a credential is, and
 * where a session comes from, which never change; until when the rate limiter refuses a subject; a workspace's country, which
 * is compared with the database's before it counts; and when a session was last noted as active. Whether anybody is still let
 * in is never remembered.
 */
export class SubjectMemory {
  readonly #users = new Map<string, string>();
  readonly #refusedUntil = new Map<string, number>();
  readonly #countries = new Map<string, Country>();
  readonly #sessions = new Map<string, SessionOrigin>();
  readonly #activeAt = new Map<string, number>();

  /** The user behind a credential that does not name them itself, once it was read; else the credential's own name. */
  subjectOf(credential: string): string {
    return this.#users.get(credential) ?? credential;
  }

  rememberUser(credential: string, userId: string): void {
    put(this.#users, credential, userId);
  }

  /** Whether the limiter refused this subject in a window that is not over. Times are Unix ms. */
  isRefused(subject: string, now: number): boolean {
    return now < (this.#refusedUntil.get(subject) ?? 0);
  }

  rememberRefusal(subject: string, until: number): void {
    put(this.#refusedUntil, subject, until);
  }

  /** A session that was read before. It may be deleted by now: whatever is written of it must find its row. */
  sessionOf(sessionId: string): SessionOrigin | undefined {
    return this.#sessions.get(sessionId);
  }

  rememberSession(sessionId: string, origin: SessionOrigin): void {
    put(this.#sessions, sessionId, origin);
  }

  /** When this isolate last wrote down that a session is active, in Unix ms; 0 for never. */
  activeAt(sessionId: string): number {
    return this.#activeAt.get(sessionId) ?? 0;
  }

  rememberActive(sessionId: string, at: number): void {
    put(this.#activeAt, sessionId, at);
  }

  /** The default country that a workspace had when it was last read; null for none, and when it never was. */
  countryOf(workspaceId: string): Country | null {
    return this.#countries.get(workspaceId) ?? null;
  }

  rememberCountry(workspaceId: string, country: Country | null): void {
    if (country === null) this.#countries.delete(workspaceId);
    else put(this.#countries, workspaceId, country);
  }
}

/** Forgets all when there are too many to keep. */
function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= MAX_ENTRIES) map.clear();
  map.set(key, value);
}
