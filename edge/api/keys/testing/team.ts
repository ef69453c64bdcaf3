import { z } from 'zod';
import type { Answer, Harness } from '../../../testing/harness.ts';

/** People of a workspace, and what they do with its keys and members through the API. `by` is a credential. */
export function keyTeam(harness: Harness) {
  /** A workspace with an owner, and a member who reaches all sessions. */
  const team = async () => {
    const owner = await harness.newUser();
    const { workspaceId } = owner;
    const member = await harness.newUser({ workspaceId, role: 'member', allSessions: true });
    return { workspaceId, owner, member };
  };

  const create = (by: string, body: Record<string, unknown> = {}): Promise<Answer> =>
    harness.call('POST', '/v1/keys', {
      key: by,
      body: { name: 'made', scopes: ['sessions:read', 'keys:*'], ...body },
    });

  const statusOf = async (key: string, path = '/v1/sessions'): Promise<number> =>
    (await harness.call('GET', path, { key })).status;

  const manage = (
    by: string,
    method: string,
    userId: string,
    { query = '', body }: { query?: string; body?: unknown } = {},
  ): Promise<Answer> =>
    harness.call(method, `/v1/workspace/members/${userId}${query}`, {
      key: by,
      ...(body !== undefined && { body }),
    });

  return { team, create, statusOf, manage };
}

/** The key that an answer shows. */
export const keyOf = ({ data }: Answer): string => z.object({ key: z.string() }).parse(data).key;
