import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { SESSION_MODES } from '../../shared/session-status.ts';
import { SessionName } from '../api/name-fields.ts';
import { sessions } from '../api/sessions.ts';
import type { AppEnv } from '../context.ts';
import { unnamedSession } from '../services/sessions/unnamed-session.ts';
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
 * Creates a session, as `unnamedSession` completes it.
 * @param more what else the client says, as `createSession` takes it, and what the client calls that
 */
export async function makeSession(
  c: Context<AppEnv>,
  said: z.output<typeof NewSession>,
  kind: string,
  { called, ...more }: { proxy?: object; called?: Readonly<Record<string, string>> } = {},
): Promise<ShownSession> {
  const { actor, now } = c.get('ctx');
  const isTest = actor.type === 'apiKey' && actor.mode === 'test';
  const body = unnamedSession(said, { kind, isTest, now: now() });
  const given = { body: { ...body, ...more }, ...(called !== undefined && { called }) };
  const answer = await createSession.call(c, given);
  return (await answerOf(answer, ShownSession)).data;
}
