import type { z } from '@hono/zod-openapi';

/** One entry of a route's `responses`: a success without an envelope. */
export const json = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});
