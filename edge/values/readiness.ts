export type Probe = { status: 'up' | 'down'; durationMs: number };
export type Readiness = {
  /** `unavailable` when the record is out of reach; `degraded` when a part that can be waited for is. */
  status: 'ready' | 'degraded' | 'unavailable';
  dependencies: Record<'database' | 'redis' | 'qstash' | 'objects', Probe>;
  runners: Probe & { online: number };
};

/** The last answer that an isolate gave for each environment; in a deployment there is one. */
export type LastReadiness = WeakMap<object, { at: number; readiness: Readiness }>;
