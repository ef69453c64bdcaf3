import { z } from 'zod';

/** Class 22 is a data exception, class 23 an integrity constraint. */
const DataError = z.object({
  code: z.string().regex(/^2[23]/),
  constraint: z.string().nullish(),
});

/**
 * What the database rejected the values themselves for, as `23505 messages_wire`, so that sending the same again cannot help;
 * null for every other failure. Drizzle wraps a single query's error; a batch's comes bare.
 */
export function dataErrorOf(error: unknown): string | null {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const parsed = DataError.safeParse(inner);
  if (!parsed.success) return null;
  const { code, constraint } = parsed.data;
  return constraint == null ? code : `${code} ${constraint}`;
}
