import { createRoute, z } from '@hono/zod-openapi';
import type { App } from '../../http/app.ts';
import { answer, errors, ok } from '../../http/envelope.ts';
import { requiredScope } from '../../http/required-scope.ts';
import { rotateKey as rotateKeyVerb } from '../../services/keys/rotate-key.ts';
import { KeyId, ShownKey } from './schemas.ts';

const DAY_SECONDS = 86_400;

const Body = z.strictObject({
  overlapSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .openapi({ description: 'How long the old key works beside the new one; 0 = ends now.' }),
});

export const rotateKey = (app: App) =>
  app.openapi(
    createRoute({
      method: 'post',
      path: '/v1/keys/{id}/rotate',
      operationId: 'rotateKey',
      ...requiredScope('keys:write'),
      tags: ['Keys'],
      summary: 'Make an API key anew',
      description:
        'The answer holds the new key, this once. Id, scopes and limits stay; a key that an earlier rotation had left working ends.',
      request: {
        params: KeyId,
        body: {
          content: {
            'application/json': { schema: Body, example: { overlapSeconds: DAY_SECONDS } },
          },
        },
      },
      responses: { 200: answer('The key, whole.', ShownKey), ...errors('NOT_FOUND') },
    }),
    async (c) => {
      // Without a body the validator gives nothing at all.
      const { overlapSeconds } = Body.parse(c.req.valid('json') ?? {});
      const input = { ...c.req.valid('param'), overlapSeconds };
      return ok(c, await rotateKeyVerb({ ctx: c.get('ctx'), input }), 200);
    },
  );
