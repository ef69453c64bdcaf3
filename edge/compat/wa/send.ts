import { z } from '@hono/zod-openapi';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { messages } from '../../api/messages.ts';
import { MESSAGE_EXAMPLE, SendHeaders } from '../../api/messages/schemas.ts';
import { sessions } from '../../api/sessions.ts';
import { SessionRef } from '../../api/sessions/schemas.ts';
import type { ServiceContext } from '../../context.ts';
import { loadActor } from '../../services/keys/load-actor.ts';
import { bringBackSession } from '../../services/sessions/bring-back-session.ts';
import { alias, answerOf, operationOf } from '../alias.ts';
import { Sent, to } from '../send-fields.ts';

const sendText = operationOf(messages, 'sendText');

const LONGEST_MS = 45_000;

const WaSent = z
  .object({
    success: z.literal(true),
    messageId: z.string(),
    timestamp: z.iso.datetime().describe('When Waypost accepted it.'),
  })
  .openapi('WaSent', {
    example: { success: true, messageId: MESSAGE_EXAMPLE, timestamp: '2026-11-21T10:00:00.000Z' },
  });
const answer = (description: string) => ({
  description,
  content: { 'application/json': { schema: WaSent } },
});

export const waSend = alias({
  id: 'waSend',
  method: 'post',
  path: '/wa/send/{id}',
  summary: 'Send a text',
  description:
    'A linked connection that is archived or does not run is brought back first, which takes up to 45 seconds, and `sessions:write`.',
  calls: [sendText, operationOf(sessions, 'unarchiveSession')],
  params: SessionRef,
  headers: SendHeaders,
  body: {
    schema: z.object({ to, message: z.string() }),
    example: { to: '+15550100001', message: 'Hello' },
  },
  responses: {
    200: answer('The message was settled within the time of `Prefer: wait`.'),
    202: answer('The message is queued.'),
  },
  run: async ({ ctx, params: { id }, body }, c) => {
    const given = {
      body: { sessionId: id, to: body.to, text: body.message },
      called: { text: 'message', sessionId: 'id' },
    };
    const sent = await sendText.call(c, given).catch(async (error: unknown) => {
      if (!isAway(error)) throw error;
      await bringBack(ctx, id);
      return sendText.call(c, given);
    });
    const { status, data } = await answerOf(sent, Sent);
    return c.json({ success: true, messageId: data.id, timestamp: data.createdAt }, status);
  },
});

/** No send finds an archived session. */
const isAway = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === 'SESSION_NOT_FOUND' || error.code === 'SESSION_NOT_READY');

/**
 * The send's statement reads by itself what a key may do; what goes beyond it has to know. The audit log has a row for it, and
 * one for the send.
 */
async function bringBack(ctx: ServiceContext, id: string): Promise<void> {
  if (ctx.actor.type === 'apiKey') ctx.actor = (await loadActor({ ctx })).actor;
  const { call } = ctx;
  if (call !== undefined)
    ctx.call = {
      ...call,
      id: newId('audit', ctx.now()),
      operationId: 'reconnectSession',
      successStatus: 200,
    };
  try {
    await bringBackSession({ ctx, input: { id, waitMs: LONGEST_MS } });
  } finally {
    ctx.call = call;
  }
}
