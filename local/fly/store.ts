import { z } from 'zod';
import { openDatabase } from '../database.ts';
import { MachineConfig } from './schemas.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS machines (
  id TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  machine_id TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  timestamp INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_machine ON events (machine_id, seq);
`;

const KEPT_EVENTS = 20;

const Lease = z.object({
  nonce: z.string(),
  /** Unix seconds. */
  expires_at: z.number(),
  owner: z.string(),
  description: z.string(),
  version: z.string(),
});
export type Lease = z.infer<typeof Lease>;

/** One machine. `process` is the one that runs in it now, or did when this service was last heard of. */
export const MachineRecord = z.object({
  id: z.string(),
  app: z.string(),
  name: z.string(),
  region: z.string(),
  state: z.enum([
    'created',
    'starting',
    'started',
    'stopping',
    'stopped',
    'suspended',
    'failed',
    'destroying',
    'destroyed',
  ]),
  instance_id: z.string(),
  config: MachineConfig,
  created_at: z.number(),
  updated_at: z.number(),
  cordoned: z.boolean(),
  /** How often it was moved to another host; each has a disk of its own. */
  host: z.number().int().default(0),
  lease: Lease.nullable(),
  process: z.object({ pid: z.number(), startedAt: z.string() }).nullable(),
});
export type MachineRecord = z.infer<typeof MachineRecord>;

export const MachineEvent = z.object({
  type: z.string(),
  status: z.string(),
  source: z.enum(['user', 'flyd']),
  timestamp: z.number(),
});
export type MachineEvent = z.infer<typeof MachineEvent>;

export type FlyStore = ReturnType<typeof openFlyStore>;

/** Machines and their last 20 events. What was saved is on disk. */
export function openFlyStore(dataDir: string) {
  const db = openDatabase(dataDir, 'fly.sqlite', SCHEMA);
  const byId = db.prepare('SELECT document FROM machines WHERE id = ?');
  const all = db.prepare('SELECT document FROM machines ORDER BY rowid');
  const upsert = db.prepare(
    'INSERT INTO machines (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
  );
  const addEvent = db.prepare(
    'INSERT INTO events (machine_id, type, status, source, timestamp) VALUES (?, ?, ?, ?, ?)',
  );
  const trimEvents = db.prepare(
    `DELETE FROM events WHERE machine_id = ?1 AND seq NOT IN
       (SELECT seq FROM events WHERE machine_id = ?1 ORDER BY seq DESC LIMIT ${KEPT_EVENTS})`,
  );
  const eventsOf = db.prepare(
    'SELECT type, status, source, timestamp FROM events WHERE machine_id = ? ORDER BY seq DESC',
  );
  const Row = z
    .object({ document: z.string() })
    .transform(({ document }) => MachineRecord.parse(JSON.parse(document)));

  return {
    get: (id: string): MachineRecord | undefined => Row.optional().parse(byId.get(id)),
    /** Oldest first. */
    list: (): MachineRecord[] => z.array(Row).parse(all.all()),
    save(machine: MachineRecord): void {
      upsert.run(machine.id, JSON.stringify(machine));
    },
    note(machineId: string, { type, status, source, timestamp }: MachineEvent): void {
      addEvent.run(machineId, type, status, source, timestamp);
      trimEvents.run(machineId);
    },
    /** Newest first. */
    events: (machineId: string): MachineEvent[] =>
      z.array(MachineEvent).parse(eventsOf.all(machineId)),
    close(): void {
      db.close();
    },
  };
}
