import { z } from '@hono/zod-openapi';
import { SessionIdOrName, SessionLookup } from './name-fields.ts';

const description =
  "Id or name. Without it, the session that the key is pinned to, otherwise the workspace's default session.";

/** Which session a request means, in the query of what has no body. */
export const SessionChoice = z.object({
  sessionId: SessionLookup.optional().openapi({ description }),
});

/** The same as a field of a body. */
export const sessionField = { sessionId: SessionIdOrName.optional().openapi({ description }) };

/** The body of what needs nothing else. */
export const OnlySession = z.strictObject(sessionField).openapi('OnlySession');
