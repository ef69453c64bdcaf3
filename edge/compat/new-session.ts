import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { newId } from '../../shared/ids.ts';
import { SESSION_MODES } from '../../shared/session-status.ts';
import { SessionName } from '../api/name-fields.ts';
import { sessions } from '../api/sessions.ts';
import type { AppEnv } from '../context.ts';
import { answerOf, operationOf } from './alias.ts';
import { ShownSession } from './shown-session.ts';

export const createSession = operationOf(sessions, 'createSession');

/** What a client may say of a new session. */
export const NewSession = z.object({
  name: SessionName.optional(),
  mode: z.enum(SESSION_MODES).optional().openapi({
    description: '`live`, the default but for a test key, or `sandbox`.',
  }),
});

/**
 * Creates a session. A test key reaches sandbox sessions only, so that is what it gets.
 * @param kind begins the name of a session that is given none
 */
export async function makeSession(
  c: Context<AppEnv>,
  said: z.output<typeof NewSession>,
  kind: string,
): Promise<ShownSession> {
  const { actor, now } = c.get('ctx');
  const isTest = actor.type === 'apiKey' && actor.mode === 'test';
  const { name = `${kind}-${newId('session', now()).slice(-12)}` } = said;
  const { mode = isTest ? 'sandbox' : 'live' } = said;
  const answer = await createSession.call(c, { body: { name, mode } });
  return (await answerOf(answer, ShownSession)).data;
}
