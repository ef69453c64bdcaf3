import type { z } from 'zod';

/**
 * Reads a local service's configuration: one JSON document in WAYPOST_SERVICE, written by the launcher.
 * One variable instead of many, so that a service's whole configuration is validated by one schema.
 * @throws Error naming each bad field, when the document is missing or does not fit.
 */
export function readServiceConfig<S extends z.ZodType>(schema: S): z.infer<S> {
  const text = process.env.WAYPOST_SERVICE;
  if (text === undefined) {
    throw new Error('WAYPOST_SERVICE is not set; start this service through `npm start`.');
  }
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`WAYPOST_SERVICE is not valid: ${fields.join('; ')}`);
  }
  return parsed.data;
}

/** What a child process needs of this one's environment beside its own configuration: where programs and homes are. */
export function inheritedEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'XDG_RUNTIME_DIR'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
