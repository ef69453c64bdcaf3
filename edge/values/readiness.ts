export type Probe = { status: 'up' | 'down'; durationMs: number };
export type Readiness = {
  /** `unavailable` when the record is out of reach; `degraded` when a part that can be waited for is. */
  status: 'ready' | 'degraded' | 'unavailable';
  dependencies: Record<'database' | 'redis' | 'qstash' | 'objects', Probe>;
  runners: { status: 'up' | 'down'; online: number };
};
