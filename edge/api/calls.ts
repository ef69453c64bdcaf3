import { z } from '@hono/zod-openapi';
import { LIVE_ERRORS, relay } from './ask-live.ts';
import { area, operation } from './operation.ts';
import { OnlySession } from './session-choice.ts';
import { scope } from './takes.ts';

const CallRef = z.object({
  id: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'the `callId` of an event')
    .openapi({
      param: { name: 'id', in: 'path' },
      description: 'The `callId` of the event `call.received`.',
      example: '0D1F6C9A2B7E4853',
    }),
});

export const calls = area('Calls', [
  operation({
    id: 'rejectCall',
    method: 'post',
    path: '/v1/calls/{id}/reject',
    takes: scope('chats:write'),
    summary: 'Reject a call',
    description:
      'While it rings; afterwards it is `NOT_FOUND`. A session with `rejectCalls` rejects all calls by itself.',
    params: CallRef,
    body: { schema: OnlySession, example: {}, optional: true },
    answer: [
      200,
      'WhatsApp was told; it gives no answer to that.',
      z
        .object({ rejected: z.literal(true) })
        .openapi('RejectedCall', { example: { rejected: true } }),
    ],
    errors: LIVE_ERRORS,
    run: ({ ctx, params, body: { sessionId } }) =>
      relay(ctx, sessionId, 'rejectCall', { callId: params.id }),
  }),
]);
