import type { z } from '@hono/zod-openapi';

/** A route's required JSON body, with an example for the documentation. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>) => ({
  required: true as const,
  content: { 'application/json': { schema, example } },
});
