import { z } from 'zod';

/** Owner of the embedded databases; its password is the configured one. */
export const SUPERUSER = 'postgres';
/** Created at first start, and the one `connectionString` names. */
export const APP_DATABASE = 'waypost';

export const neonConfigSchema = z.object({
  /** Port of the HTTP door on 127.0.0.1; 0 takes any free one. */
  port: z.number().int().min(0).max(65_535).default(0),
  /** Everything the embedded database keeps. Must not be shared with another service. */
  dataDir: z.string().min(1),
  /** Sent in clear on loopback, so it has to be random: at least 16 printable characters, no spaces. */
  password: z.string().regex(/^[\x21-\x7e]{16,}$/, 'at least 16 printable ASCII characters'),
  /** A PostgreSQL server of your own, with the database in its path; nothing is embedded then. */
  databaseUrl: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be postgresql://user:password@host/db' })
    .optional(),
});

export type NeonConfig = z.infer<typeof neonConfigSchema>;
/** What a caller writes: fields with a default may be left out. */
export type NeonConfigInput = z.input<typeof neonConfigSchema>;

/** What Neon's clients connect with; the door takes user, password and database from it and ignores the host. */
export function appConnectionString(config: Pick<NeonConfig, 'password' | 'databaseUrl'>): string {
  const password = encodeURIComponent(config.password);
  return config.databaseUrl ?? `postgresql://${SUPERUSER}:${password}@127.0.0.1/${APP_DATABASE}`;
}
