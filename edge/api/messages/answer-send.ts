import type { Context } from 'hono';
import type { AppEnv } from '../../context.ts';
import { ok } from '../../http/envelope.ts';
import type { SendAnswer } from '../../services/messages/idempotency.ts';

/** Answers a send. A replay says so in `Idempotent-Replayed`, also where it repeats how the message failed. */
export function answerSend(c: Context<AppEnv>, answer: SendAnswer) {
  if (answer.replayed) c.header('Idempotent-Replayed', 'true');
  if ('failure' in answer) throw answer.failure;
  const { sessionName, ...message } = answer.message;
  return ok(c, message, answer.httpStatus, { sessionId: message.sessionId, sessionName });
}
