import { z } from 'zod';

const Failure = z.looseObject({ code: z.string().optional(), details: z.unknown().optional() });
const Enveloped = z.looseObject({ error: Failure });

/** Code and details of a failure, in our envelope or in a source system's. */
export function failureIn(body: unknown): z.output<typeof Failure> {
  const inEnvelope = Enveloped.safeParse(body);
  return inEnvelope.success ? inEnvelope.data.error : Failure.parse(body ?? {});
}
