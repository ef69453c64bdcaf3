import { z } from 'zod';

export const redisConfigSchema = z.object({
  /** Port of the REST door on 127.0.0.1; 0 takes any free one. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** Where the embedded store keeps its journal. */
  dataDir: z.string().min(1),
  /** The bearer token every request has to carry. */
  token: z.string().min(16, 'at least 16 characters'),
  /** A Redis server of your own; nothing is embedded then. */
  redisUrl: z.url({ protocol: /^rediss?$/, error: 'must be redis://host:port' }).optional(),
});

export type RedisConfig = z.infer<typeof redisConfigSchema>;
/** What a caller writes: fields with a default may be left out. */
export type RedisConfigInput = z.input<typeof redisConfigSchema>;
