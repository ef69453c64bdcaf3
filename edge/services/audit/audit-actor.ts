import type { Actor } from '../../context.ts';

export type AuditActor = {
  actorType: 'apiKey' | 'user' | 'system' | 'none';
  actorId: string | null;
};

/** Who acted, as the audit log writes it. Nobody that a signature vouches for: `none`. */
export function auditActor(actor: Actor | undefined): AuditActor {
  switch (actor?.type) {
    case undefined:
      return { actorType: 'none', actorId: null };
    case 'apiKey':
      return { actorType: 'apiKey', actorId: actor.keyId };
    case 'user':
      return { actorType: 'user', actorId: actor.userId };
    case 'runner':
      return { actorType: 'system', actorId: actor.runnerId };
    case 'system':
      return { actorType: 'system', actorId: actor.job };
  }
}
