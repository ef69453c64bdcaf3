import type { LiveOperation } from '../../shared/catalogue/live-operations.ts';
import type { CommandInput } from '../../shared/protocol/index.ts';
import type { ServiceContext } from '../context.ts';
import { askSession } from '../services/live/ask-session.ts';
import { withMeta } from './operation.ts';

/** Refusals of every operation on a live session. */
export const LIVE_ERRORS = [
  'SESSION_NOT_FOUND',
  'SESSION_NOT_READY',
  'NOT_FOUND',
  'CONFLICT',
  'RATE_LIMITED',
  'NOT_SUPPORTED',
] as const;

/**
 * What a session answers to one live operation, with the session's id and name for `meta`.
 * @param session id or name; undefined: the key's own, or else the workspace's default
 */
export async function askLive<Name extends LiveOperation>(
  ctx: ServiceContext,
  session: string | undefined,
  name: Name,
  ask: CommandInput<Name>,
) {
  const asked = await askSession({ ctx, input: { id: session ?? null, name, ask } });
  const { sessionId, sessionName, output } = asked;
  return { output, meta: { sessionId, sessionName } };
}

/** The same as the answer of an operation that only relays. */
export async function relay<Name extends LiveOperation>(
  ...[ctx, session, name, ask]: Parameters<typeof askLive<Name>>
) {
  const { output, meta } = await askLive(ctx, session, name, ask);
  return withMeta(output, meta);
}
