import type { Context } from 'hono';
import type { AppEnv } from '../../context.ts';
import { ok } from '../../http/envelope.ts';
import type { SentMessage } from '../../services/messages/enqueue.ts';

/** Answers a send: 202 while the message is on its way, 200 once it is settled. */
export function answerSend(c: Context<AppEnv>, { sessionName, ...message }: SentMessage) {
  const status = message.status === 'queued' || message.status === 'sending' ? 202 : 200;
  return ok(c, message, status, { sessionId: message.sessionId, sessionName });
}
