const MAX_ENTRIES = 10_000;

/**
 * What one isolate remembers of those it served, so that a request takes one upstream step: whose login a credential is,
 * which never changes, and until when the rate limiter refused whom. Whether anybody is still let in is never remembered.
 */
export class SubjectMemory {
  readonly #users = new Map<string, string>();
  readonly #refusedUntil = new Map<string, number>();

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
}

/** Forgets all when there are too many to keep. */
function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= MAX_ENTRIES) map.clear();
  map.set(key, value);
}
