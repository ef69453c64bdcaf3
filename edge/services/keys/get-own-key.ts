import type { ServiceContext } from '../../context.ts';
import { keyOf } from './require-scope.ts';

export type OwnKey = {
  id: string;
  workspaceId: string;
  mode: 'live' | 'test';
  scopes: string[];
  sessionId: string | null;
};

/** What the calling key is, as the credential middleware read it: no further look-up. */
export function getOwnKey({ ctx }: { ctx: ServiceContext }): OwnKey {
  const { keyId, mode, scopes, sessionId } = keyOf(ctx);
  return { id: keyId, workspaceId: ctx.workspaceId, mode, scopes: [...scopes], sessionId };
}
