import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';

export type OwnKey = {
  id: string;
  workspaceId: string;
  mode: 'live' | 'test';
  scopes: string[];
  sessionId: string | null;
};

/**
 * What the calling key is, as the credential middleware read it: no further look-up.
 * @throws AppError FORBIDDEN for callers without a key
 */
export function getOwnKey({ ctx }: { ctx: ServiceContext }): OwnKey {
  if (ctx.actor.type !== 'apiKey')
    throw new AppError('FORBIDDEN', 'This operation needs an API key.');
  const { keyId, mode, scopes, sessionId } = ctx.actor;
  return { id: keyId, workspaceId: ctx.workspaceId, mode, scopes: [...scopes], sessionId };
}
