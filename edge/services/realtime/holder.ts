import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { ServiceContext, Services } from '../../context.ts';
import type { Holder } from '../../realtime/port.ts';
import { loadActor } from '../keys/load-actor.ts';
import { requireScope } from '../keys/require-scope.ts';
import { loadUser } from '../users/load-user.ts';

/** By what the caller of this request is found again. @throws AppError UNAUTHORIZED for runners and jobs */
export function holderOf({ actor, workspaceId }: ServiceContext): Holder {
  switch (actor.type) {
    case 'apiKey': {
      const { keyId, keyHash, mode, perMinute } = actor;
      return {
        kind: 'apiKey',
        workspaceId,
        keyId,
        keyHash,
        mode,
        ...(perMinute !== undefined && { perMinute }),
      };
    }
    case 'user': {
      const { userId, authSessionId } = actor;
      return { kind: 'token', workspaceId, userId, authSessionId };
    }
    case 'runner':
    case 'system':
      throw new AppError('UNAUTHORIZED');
  }
}

/**
 * The context of a connection's holder as their rights are now.
 * @throws AppError UNAUTHORIZED or FORBIDDEN if the holder may no longer read events, as on a request
 */
export async function contextOfHolder(
  services: Services,
  holder: Holder,
  callerAddress: string | null,
): Promise<ServiceContext> {
  const requestId = newId('request', services.now());
  if (holder.kind === 'token') {
    const caller = { requestId, callerAddress };
    const { actor, workspaceId } = await loadUser({ services, caller, credential: holder });
    return Object.assign(services, { workspaceId, requestId, callerAddress, actor });
  }
  const { workspaceId, keyId, keyHash, mode, perMinute } = holder;
  const ctx: ServiceContext = Object.assign(services, {
    workspaceId,
    requestId,
    callerAddress,
    actor: {
      type: 'apiKey' as const,
      keyId,
      keyHash,
      mode,
      perMinute,
      scopes: [],
      sessionId: null,
      person: null,
    },
  });
  ctx.actor = (await loadActor({ ctx })).actor;
  requireScope(ctx, 'events:read');
  return ctx;
}
