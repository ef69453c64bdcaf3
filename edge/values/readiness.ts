export type Probe = { status: 'up' | 'down'; durationMs: number };
export type Readiness = {
  /** `unavailable` when the record is out of reach; `degraded` when a part that can be waited for is. */
  status: 'ready' | 'degraded' | 'unavailable';
  dependencies: Record<'database' | 'redis' | 'qstash' | 'objects', Probe>;
  runners: Probe & { online: number };
};

/**
 * The last answer that an isolate gave for each environment, of which a deployment has one. `askedAt` stands while a request
 * asks for the next: kept as data, since workerd lets no request wait for another's fetch.
 */
export type LastReadiness = WeakMap<
  object,
  { askedAt: number | null; answer: { at: number; readiness: Readiness } | null }
>;
