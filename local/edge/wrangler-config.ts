import { readFile } from 'node:fs/promises';
import { parse } from 'smol-toml';
import { z } from 'zod';

/**
 * What the local edge takes from wrangler.toml. Its own parser is not asked: loading wrangler costs 80 MiB for as long as the
 * process lives. @see https://developers.cloudflare.com/workers/wrangler/configuration/
 */
const WranglerConfig = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  assets: z.object({ directory: z.string() }),
  durable_objects: z
    .object({ bindings: z.array(z.object({ name: z.string(), class_name: z.string() })) })
    .default({ bindings: [] }),
  queues: z.object({
    producers: z.array(z.object({ binding: z.string(), queue: z.string() })),
    consumers: z.array(
      z.object({
        queue: z.string(),
        max_batch_size: z.number(),
        max_batch_timeout: z.number(),
        max_retries: z.number(),
      }),
    ),
  }),
  triggers: z.object({ crons: z.array(z.string()) }),
});
export type WranglerConfig = z.infer<typeof WranglerConfig>;

export const readWranglerConfig = async (file: string): Promise<WranglerConfig> =>
  WranglerConfig.parse(parse(await readFile(file, 'utf8')));
