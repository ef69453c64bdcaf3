/** What the metrics show of the database at one moment. Ages are in seconds; null where nothing waits. */
export type Measured = {
  /** What the counters have reached, by name and value of their label. */
  totals: readonly { name: string; label: string; value: number }[];
  /** Those that are not archived. */
  sessions: readonly { mode: string; status: string; count: number }[];
  /** Sessions that should run, and those of them that no runner has now. */
  wantedSessions: number;
  unownedSessions: number;
  queueSessions: number;
  queueAge: number | null;
  scheduledAge: number | null;
  outboxEndpoints: number;
  outboxAge: number | null;
  /** Those heard of lately, the last first. */
  runners: readonly {
    id: string;
    region: string;
    heartbeatAge: number;
    draining: boolean;
    places: number;
    sessions: number;
  }[];
};
