import { z } from '@hono/zod-openapi';

const DAY_SECONDS = 86_400;

/** How a key or a signing secret is replaced. */
export const Rotation = z
  .strictObject({
    overlapSeconds: z
      .number()
      .int()
      .min(0)
      .max(7 * DAY_SECONDS)
      .default(DAY_SECONDS)
      .openapi({
        description:
          'How many seconds the old one stays valid beside the new one; 0 ends it at once.',
      }),
  })
  .openapi('Rotation');
