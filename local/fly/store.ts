import { z } from 'zod';
import { openDatabase } from '../database.ts';
import { MachineConfig } from './schemas.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS machines (
  id TEXT PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;
DROP TABLE IF EXISTS events;
`;

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
  cordoned: z.boolean(),
  /** How often it was moved to another host; each has a disk of its own. */
  host: z.number().int().default(0),
  process: z.object({ pid: z.number(), startedAt: z.string() }).nullable(),
});
export type MachineRecord = z.infer<typeof MachineRecord>;

export type FlyStore = ReturnType<typeof openFlyStore>;

/** The machines. What was saved is on disk. */
export function openFlyStore(dataDir: string) {
  const db = openDatabase(dataDir, 'fly.sqlite', SCHEMA);
  const byId = db.prepare('SELECT document FROM machines WHERE id = ?');
  const all = db.prepare('SELECT document FROM machines ORDER BY rowid');
  const upsert = db.prepare(
    'INSERT INTO machines (id, document) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document',
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
    close(): void {
      db.close();
    },
  };
}
