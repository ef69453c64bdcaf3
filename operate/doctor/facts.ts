import { z } from 'zod';

const Probe = z.object({ status: z.enum(['up', 'down']) });

/** `GET /ready` with the operator's token. */
export const Readiness = z.object({
  dependencies: z.object({ database: Probe, redis: Probe, qstash: Probe, objects: Probe }),
});

/** `GET /diagnosis`. */
export const Diagnosis = z.object({
  version: z.string(),
  baseUrl: z.string(),
  callback: Probe.extend({ url: z.string() }),
  mail: Probe,
  record: z
    .object({
      clockAheadMs: z.number(),
      migrations: z.number(),
      cronAgeSeconds: z.number().nullable(),
      runners: z.array(
        z.object({
          id: z.string(),
          version: z.string().nullable(),
          draining: z.boolean(),
          heartbeatAgeSeconds: z.number(),
          probe: Probe.nullable(),
        }),
      ),
    })
    .nullable(),
});

/** What an address answered; `problem` when that was no success. */
export type Answer<Data> =
  | { ok: true; data: Data; serverTime: number | null; askedAt: number; tookMs: number }
  | { ok: false; status: number | null; problem: string };

export type Facts = {
  url: string;
  health: Answer<unknown>;
  /** Null: not asked, since what was asked before gave no answer. */
  readiness: Answer<z.infer<typeof Readiness>> | null;
  diagnosis: Answer<z.infer<typeof Diagnosis>> | null;
  /** Of this copy of Waypost. */
  own: { version: string; migrations: number };
};
