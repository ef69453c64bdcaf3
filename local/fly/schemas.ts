import { z } from 'zod';

/**
 * Bodies of the Fly Machines API, as far as Waypost uses it: fly.io/docs/machines/api/machines-resource.
 * A configuration keeps every other field that it was given.
 */

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000 };

/** A time as Go writes it, `"30s"` or `"500ms"`; read as milliseconds. */
const Duration = z
  .string()
  .regex(/^\d+(?:ms|s)$/, 'is not a duration such as "30s"')
  .transform((text) => Number.parseInt(text, 10) * (UNIT_MS[text.replace(/\d+/, '')] ?? 0));

export const MachineConfig = z.looseObject({
  image: z.string().min(1),
  env: z.record(z.string(), z.string()).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  restart: z
    .object({
      policy: z.enum(['no', 'always', 'on-failure']),
      max_retries: z.number().int().min(0).optional(),
    })
    .optional(),
  stop_config: z
    .object({ signal: z.string().optional(), timeout: z.string().optional() })
    .optional(),
  guest: z
    .looseObject({ persist_rootfs: z.enum(['never', 'restart', 'always']).optional() })
    .optional(),
});
export type MachineConfig = z.infer<typeof MachineConfig>;

export const CreateBody = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes')
    .optional(),
  region: z.string().min(2).default('fra'),
  skip_launch: z.boolean().default(false),
  config: MachineConfig,
});

export const StopBody = z.object({ signal: z.string().optional(), timeout: Duration.optional() });

/** Shapes of trouble, on demand: what the next calls of an action are answered with. */
export const Faults = z.array(
  z.object({
    action: z.string(),
    /** 0 cuts the connection. */
    status: z.number().int(),
    times: z.number().int().min(1).default(1),
    /** Does what was asked all the same: the caller only does not hear of it. */
    done: z.boolean().default(false),
    retryAfterSeconds: z.number().optional(),
  }),
);
export type Faults = z.infer<typeof Faults>;

/** Milliseconds that a machine gets to stop in truth, whatever was promised; null: what was promised. */
export const PatienceBody = z.object({ ms: z.number().int().min(0).nullable() });

export const LoseBody = z.object({ state: z.enum(['stopped', 'failed', 'destroyed']) });

const DEFAULT_STOP = { signal: 'SIGINT', timeoutMs: 5_000 };
const MAX_STOP_MS = 300_000;

/** How a machine is stopped: what the call says, else its configuration, else Fly's defaults. */
export function stopSettings(
  config: MachineConfig,
  asked: { signal?: string | undefined; timeout?: number | undefined } = {},
): { signal: string; timeoutMs: number } {
  const own = config.stop_config ?? {};
  const ownTimeout = own.timeout === undefined ? undefined : Duration.parse(own.timeout);
  return {
    signal: asked.signal ?? own.signal ?? DEFAULT_STOP.signal,
    timeoutMs: Math.min(asked.timeout ?? ownTimeout ?? DEFAULT_STOP.timeoutMs, MAX_STOP_MS),
  };
}
