import type { z } from 'zod';
import { HttpError } from '../http.ts';
import type { MachineHost } from './host.ts';
import type { FlyStore, MachineRecord } from './store.ts';

export type Answer = { status: number; body?: unknown };

export type Call = {
  app: string;
  machineId: string;
  /** The metadata key, where the path has one. */
  key: string;
  query: URLSearchParams;
  nonce: string | undefined;
  body: unknown;
};

export type Deps = { store: FlyStore; host: MachineHost; now: () => number; defaultRegion: string };

/** @throws HttpError 404 */
export function find({ app, machineId }: Call, { store }: Deps): MachineRecord {
  const machine = store.get(machineId);
  if (machine === undefined || machine.app !== app)
    throw new HttpError(404, `machine not found: ${machineId}`);
  return machine;
}

/** @throws HttpError 400 that names the fields */
export function parse<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new HttpError(400, `invalid request: ${fields.join('; ')}`);
}
